"""What every suite shares."""

import os

# Tests speak to loopback servers only: a proxy of the environment must not get in between.
for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(name, None)

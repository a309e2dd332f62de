"""A todo assistant: what `chatkit demo` runs, and an example to copy from.

    chatkit demo                       # no key, no network: an offline model answers
    OPENAI_API_KEY=sk-… chatkit demo   # a real one does

How it is made, in the order in which it is best read:

- `todos/`: the use case. `model.py` and `database.py` keep todos, each user's apart. `widgets.py` makes the card and
  the chart, `actions.py` says what clicks do, `agent.py` has the agent's tools and instructions. `finding.py` tells
  which todo "the milk one" is, `cards.py` keeps cards in conversations up to date.
- `planning.py`: questions in a form, and a workflow. `theme.py`: a tool that runs in the page.
- `context.py`: what tools get of a turn. `server.py`: the agent, the card after its answers, the actions.
- `store.py`, `page.py`, `app.py`: conversations, the page, and the wiring of it all.
- `smalltalk.py`, `phrases.py`, `todos/intents.py`: English for the offline model. Leave them out of your own.

To make it yours: copy the folder, rename `todos/`, and serve `create_app` with any ASGI server.
"""

try:
    import agents as _agents
    import aiosqlite as _aiosqlite
    import sqlalchemy as _sqlalchemy
    import starlette as _starlette
except ModuleNotFoundError as error:
    raise ImportError(
        f"The demo needs the package {error.name!r}. Install its extra: pip install 'open-chatkit[demo]'"
    ) from error

from chatkit.demo.app import create_app

__all__ = ["create_app"]

del _agents, _aiosqlite, _sqlalchemy, _starlette

"""What every store must do, as a suite of tests."""

from chatkit.testing.store_contract.atomic import AtomicRules
from chatkit.testing.store_contract.attachments import AttachmentRules
from chatkit.testing.store_contract.base import StoreFixtures
from chatkit.testing.store_contract.items import ItemRules
from chatkit.testing.store_contract.owners import OwnerRules
from chatkit.testing.store_contract.pages import PageRules
from chatkit.testing.store_contract.threads import ThreadRules

__all__ = ["StoreContract"]


class StoreContract(ThreadRules, ItemRules, PageRules, AttachmentRules, AtomicRules, OwnerRules, StoreFixtures):
    """Subclass it in a test module, with a fixture that gives the store:

        class TestMyStore(StoreContract):
            @pytest.fixture
            async def store(self):
                store = MyStore()
                yield store
                await store.close()

    The store may hold other records: the tests use ids of their own and owners that nobody else has. Override the
    fixture `contexts` when your contexts are not mappings with a `user_id`. With hypothesis installed, the rule that
    owners never see each other is tried on generated histories, else on a few fixed ones.
    """

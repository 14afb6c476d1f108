"""The whole site: every page by host and target, and the manifest of what is expected of each."""

from tests.site.addresses import odd_addresses
from tests.site.encodings import charset_pages, kind_pages
from tests.site.good_pages import good_pages
from tests.site.listings import Listings
from tests.site.odd_answers import status_pages, wire_pages
from tests.site.pages import Page
from tests.site.redirects import redirect_pages


class World:
    """The site as it is on one port. The same port gives the same site."""

    def __init__(self, port: int) -> None:
        pages = [
            *good_pages(), *status_pages(), *wire_pages(), *redirect_pages(port), *charset_pages(), *kind_pages(),
            *odd_addresses(),
        ]  # fmt: skip
        self.listings = Listings(pages, port)
        self.pages = {(page.host, page.target): page for page in [*pages, *self.listings.pages()]}

    @property
    def manifest(self) -> dict[str, Page]:
        """Every page that is listed somewhere, by its address."""
        return {self.listings.address(page.target, page.host): page for page in self.pages.values() if page.outcome is not None}

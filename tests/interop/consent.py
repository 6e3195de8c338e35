"""What an end user does at the authorization server: sign in, then agree or cancel.

The pages are oidc-provider's development interactions: a form that takes any login and password,
then a form to consent. Each carries a hidden field `prompt` that says which it is.
"""

from urllib.parse import urlsplit

from tests.browser import Browser
from tests.page import Page

ACCOUNT = "ada"
_MAX_PAGES = 5


def walk_consent(browser: Browser, page: Page, account: str = ACCOUNT) -> Page:
    """Sign in where asked, consent, and return the page where the browser left the server.

    Raises: AssertionError when the server shows anything but its forms.
    """
    server = _origin(page)
    for _ in range(_MAX_PAGES):
        if _origin(page) != server:
            return page
        assert page.status == 200, f"{page.status} at {page.url}: {page.text}"
        if "prompt" not in page.form.fields:
            # Of OAuth 2.0 Form Post Response Mode, whose form a script posts.
            page = browser.submit(page.form)
        elif page.form.fields["prompt"] == "login":
            page = browser.submit(page.form, login=account, password="any")
        else:
            page = browser.submit(page.form)
    raise AssertionError(f"still at {page.url} after {_MAX_PAGES} pages")


def cancel(browser: Browser, page: Page) -> Page:
    """Follow the page's "Cancel" link and return the page where the browser left the server."""
    return browser.get(page.link("Cancel").url)


def _origin(page: Page) -> tuple[str, str]:
    parts = urlsplit(page.url)
    return parts.scheme, parts.netloc

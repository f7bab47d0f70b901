"""Asking on the question page, for the tests of it."""

from playwright.sync_api import Locator, Page, expect

E07 = "What does error code E07 mean?"


def ask(page: Page, question: str) -> None:
    """Type the question and send it."""
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")


def answered(page: Page, question: str = E07) -> Locator:
    """Ask, and wait for the whole answer; its place on the page."""
    ask(page, question)
    expect(page.locator(".turn").last.locator(".actions")).to_be_visible()
    return page.locator(".turn").last

"""A Chromium to open pages with."""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.ui.chromium import ARGUMENTS, chromium


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    executable = chromium()
    expect.set_options(timeout=30_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=ARGUMENTS, chromium_sandbox=False
        )
        yield browser
        await browser.close()

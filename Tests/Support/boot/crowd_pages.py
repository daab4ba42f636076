"""People of a crowd who use the chat page in a headless Chromium."""

import asyncio
import re
import shutil

from crowd_people import ADDRESS, Person
from playwright.async_api import async_playwright, expect

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")
MILLISECONDS = 60_000


class Pages:
    """A browser, which starts with its first page."""

    def __init__(self, record):
        self.record, self.browser = record, None

    async def __aenter__(self):
        self.playwright = await async_playwright().start()
        return self

    async def __aexit__(self, *_):
        if self.browser:
            await self.browser.close()
        await self.playwright.stop()

    async def person(self, name, room):
        if not self.browser:
            program = next(filter(None, map(shutil.which, EXECUTABLES)))
            self.browser = await self.playwright.chromium.launch(
                executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        context = await self.browser.new_context(locale="en-GB", service_workers="block")
        return await Page.enter(self.record, name, room, await context.new_page())


class Page(Person):
    """What its WebSocket gets is checked like everybody's, and what it shows at the end."""

    @classmethod
    async def enter(cls, record, name, room, page):
        person = cls(record, name, room)
        person.page, person.sockets = page, 0
        page.on("websocket", person.opened)
        await page.goto("http://{}:{}/#{}".format(*ADDRESS, room))
        field = page.get_by_label("Your name")
        await field.fill(name)
        await field.press("Enter")
        await expect(page.locator("#state")).to_have_text("Connected", timeout=MILLISECONDS)
        await expect(page.locator("#room-name")).to_have_text(room, timeout=MILLISECONDS)
        return person

    def opened(self, socket):
        self.sockets += 1
        if self.sockets > 1:
            self.fault("has connected again")
        socket.on("framereceived", self.hear)
        socket.on("close", lambda _: self.fault("was disconnected"))

    def hear_answer(self, got):
        """The page has references of its own."""

    async def say(self):
        text = self.count()
        field = self.page.get_by_role("textbox", name="Message", exact=True)
        await field.fill(text)
        await field.press("Enter")
        end = asyncio.get_running_loop().time() + MILLISECONDS / 1000
        while self.of_speaker.get(self.name, 0) < self.said and not self.record.faults:
            assert asyncio.get_running_loop().time() < end, f"'{text}' of a page was not heard"
            await asyncio.sleep(0.05)

    async def check(self):
        if not self.record.faults:
            text = f"{self.name} {self.said - 1}"
            bubble = self.page.locator("li.message .bubble").filter(
                has_text=re.compile(f"^{text}$"))
            await expect(bubble).to_have_count(1 if self.said else 0, timeout=MILLISECONDS)
            await expect(self.page.locator("#state")).to_have_text("Connected")
        await self.page.goto("about:blank") if self.record.faults else None

"""A platform's file server on loopback: files by name, refusals, and one that never ends."""

import asyncio
from dataclasses import dataclass

from aiohttp import web

CHUNK = bytes(64 * 1024)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a file, with the token that came with it."""

    name: str
    token: str
    encoding: str


class FileServer:
    """Gives `/files/NAME`; `endless` claims ten gigabytes and counts in `sent` what was taken of it."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.answers: dict[str, int] = {}
        """A status in place of a file, as long as it stands here."""
        self.sign_in: set[str] = set()
        """Files in whose place comes a page to sign in."""
        self.stalled: dict[str, asyncio.Event] = {}
        """Files of which only the beginning comes until the event is set."""
        self.asked: list[Asked] = []
        self.sent = 0
        self.hung_up = asyncio.Event()

    def serve(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_get("/files/{name}", self._on_file)

    async def _on_file(self, request: web.Request) -> web.StreamResponse:
        name, headers = request.match_info["name"], request.headers
        self.asked.append(Asked(name, headers.get("Authorization", ""), headers.get("Accept-Encoding", "")))
        if status := self.answers.get(name):
            return web.Response(status=status, headers={"Location": "/files/elsewhere"} if status == 302 else None)
        if name in self.sign_in:
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        if name == "endless":
            return await self._endless(request)
        if name in self.stalled:
            return await self._stall(request, self.held[name])
        if name not in self.held:
            return web.Response(status=404)
        return web.Response(body=self.held[name], content_type="application/octet-stream")

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(10 * 1000**3)})
        await answer.prepare(request)
        try:
            while True:
                await answer.write(CHUNK)
                self.sent += len(CHUNK)
        except ConnectionError:
            self.hung_up.set()
        return answer

    async def _stall(self, request: web.Request, content: bytes) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": str(len(content))})
        await answer.prepare(request)
        await answer.write(content[: len(content) // 2])
        await self.stalled[request.match_info["name"]].wait()
        return answer

"""What goes wrong is said in place, with what to do about it."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.http import UnauthenticatedError
from chatkit.types import ClosedStatus, LockedStatus, NoticeEvent
from tests.browser.chat import Chat
from tests.browser.conftest import OpenChat, Serve
from tests.browser.scripted import POLICY, ScriptedServer, app_of, page_app, user_message

NETWORK_NOISE = "Failed to load resource"
"""Chromium's own line in the console for every answer that is not 2xx, and for every connection that failed."""


async def test_an_error_that_allows_it_can_be_retried(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    server.turn().say("I was just about").fail(CustomStreamError("The model is overloaded.", allow_retry=True))
    await chat.send("Tell me")
    await expect(chat.error).to_contain_text("The model is overloaded.")
    await expect(chat.error).to_have_role("alert")
    server.answer("Here it is.")
    await chat.error.get_by_role("button", name="Try again").click()
    await expect(chat.answer).to_contain_text("Here it is.")
    await expect(chat.error).to_have_count(0)
    await expect(chat.said).to_have_text(["Tell me"])
    assert [event["error"]["message"] for event in await chat.told("error")] == ["The model is overloaded."]


async def test_an_error_that_does_not_allow_it_has_no_retry(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    server.turn().fail(CustomStreamError("Your plan has no more messages."))
    await chat.send("Tell me")
    await expect(chat.error).to_contain_text("Your plan has no more messages.")
    await expect(chat.error.get_by_role("button", name="Try again")).to_have_count(0)
    await chat.error.get_by_role("button", name="Dismiss").click()
    await expect(chat.error).to_have_count(0)
    await chat.send("Something else")
    await expect(chat.answer).to_contain_text("You said Something else.")


async def test_an_error_without_words_gets_the_elements_own(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    server.turn().fail(StreamError(ErrorCode.STREAM_ERROR))
    await chat.send("Tell me")
    await expect(chat.error).to_contain_text("The answer could not be completed.")
    await expect(chat.error.get_by_role("button", name="Try again")).to_be_visible()
    assert [event["error"]["code"] for event in await chat.told("error")] == ["stream.error"]


async def test_a_fault_of_the_hook_shows_no_detail_of_it(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    server.turn().fail(RuntimeError("the password is hunter2"))
    await chat.send("Tell me")
    await expect(chat.error).to_be_visible()
    assert "hunter2" not in await chat.page.locator("[part=root]").inner_text()


@pytest.mark.shows("event-kind:notice")
async def test_notices_stand_where_they_were_said_and_can_be_dismissed(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    turn = server.turn()
    turn.send(NoticeEvent(level="warning", title="Slow today", message="It may take **a while**."))
    turn.send(NoticeEvent(level="info", message="For your information."))
    turn.say("Here.").end()
    await chat.send("Go")
    warning = chat.notices.filter(has_text="Slow today")
    await expect(warning).to_have_role("alert")
    await expect(warning.locator("strong").last).to_have_text("a while")
    await expect(chat.notices.filter(has_text="For your information.")).to_have_role("status")
    await warning.get_by_role("button", name="Dismiss").click()
    await expect(chat.notices).to_have_count(1)


@pytest.mark.shows("status:locked")
async def test_a_locked_thread_says_why_and_takes_no_message(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread(
        "Locked", user_message("Hello"), status=LockedStatus(reason="A colleague is looking into it.")
    )
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    await expect(chat.composer).to_be_disabled()
    await expect(chat.composer).to_have_attribute("placeholder", "A colleague is looking into it.")
    await expect(chat.send_button).to_be_disabled()
    await chat.new_chat.click()
    await expect(chat.composer).to_be_enabled()


@pytest.mark.shows("status:closed")
async def test_a_closed_thread_has_a_banner_in_place_of_the_composer(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    thread = await server.put_thread(
        "Closed", user_message("Hello"), status=ClosedStatus(reason="This case is solved.")
    )
    chat = await open_chat(scripted, f"/#thread={thread.id}")
    banner = chat.page.locator("[part=closed-banner]")
    await expect(banner).to_contain_text("This case is solved.")
    await expect(chat.composer).to_have_count(0)
    await banner.get_by_role("button", name="New chat").click()
    await expect(chat.composer).to_be_enabled()
    await expect(chat.greeting).to_be_visible()


async def test_a_thread_that_is_locked_by_its_answer_locks_the_composer(open_chat: OpenChat, serve: Serve) -> None:
    server = ScriptedServer()
    chat = await open_chat(await serve(app_of(server)))
    turn = server.turn()
    await chat.begin("Lock it")
    await turn.begun()
    assert turn.thread is not None
    turn.thread.status = LockedStatus(reason="Locked now.")
    turn.say("Done.").end()
    await expect(chat.composer).to_be_disabled()
    await expect(chat.composer).to_have_attribute("placeholder", "Locked now.")


# The endpoint is not what it should be

no_server = pytest.mark.ours_only("No server of either kind is asked.")

Answer = Callable[[Request], Awaitable[Response]]


async def _nothing_here(_: Request) -> Response:
    return HTMLResponse("<h1>404</h1>", status_code=404)


async def _a_page(_: Request) -> Response:
    return HTMLResponse("<h1>Welcome to nginx!</h1>")


async def _sign_in(_: Request) -> Response:
    return JSONResponse({"error": {"code": "auth.required", "message": "Please sign in first."}}, status_code=401)


async def _empty_401(_: Request) -> Response:
    return Response(status_code=401)


def refusal(status: int, code: str, message: str) -> Answer:
    async def refuse(_: Request) -> Response:
        return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)

    return refuse


_gone = refusal(404, "not_found", "There is no such thread, item or attachment.")
_invalid = refusal(422, "request.invalid_params", "params.input: field required")
_broken = refusal(500, "server.error", "An internal error.")


async def _too_many(_: Request) -> Response:
    return Response(status_code=429, headers={"Retry-After": "30"})


@no_server
@pytest.mark.parametrize(
    ("answer", "code", "words", "text"),
    [
        (
            _nothing_here,
            "endpoint",
            "The chat does not work",
            "no ChatKit endpoint at {url} (404). Check the option api.url.",
        ),
        (_a_page, "endpoint", "The chat does not work", "{url} answered with text/html where ChatKit expects"),
        (_sign_in, "auth.required", "You are signed out.", "Please sign in first."),
        (_empty_401, "http.401", "You are signed out.", "The chat server at {url} wants a sign-in (401)."),
        (
            _too_many,
            "http.429",
            "Wait a moment, then try again.",
            "{url} has had too many requests (429).",
        ),
        (_gone, "not_found", "This is no longer there.", "There is no such thread, item or attachment."),
        (_invalid, "request.invalid_params", "Something went wrong.", "params.input: field required"),
        (_broken, "server.error", "The server has a problem.", "An internal error."),
    ],
    ids=["404", "html", "401", "401 without words", "429", "not found", "invalid", "500"],
)
async def test_who_chats_reads_what_to_do_and_developers_find_the_rest_behind_details(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer, answer: Answer, code: str, words: str, text: str
) -> None:
    routes = [Route("/elsewhere", answer, methods=["POST"])]
    address = await serve(page_app(server, '<openai-chatkit url="/elsewhere"></openai-chatkit>', routes=routes))
    expected = text.format(url=f"{address}/elsewhere")
    chat = await open_chat(address, "/page")
    chat.watch.expect(NETWORK_NOISE)
    await chat.begin("Hello")
    await expect(chat.error).to_contain_text(words)
    await expect(chat.error.get_by_text(expected)).to_be_hidden()
    await chat.error.get_by_text("Details", exact=True).click()
    await expect(chat.error.get_by_text(expected)).to_be_visible()
    await expect(chat.error).to_contain_text(f"Error code: {code}")
    (event,) = await chat.told("error")
    assert event["error"]["code"] == code
    assert expected in event["error"]["message"]


@no_server
async def test_a_thread_that_cannot_be_loaded_says_so_and_can_be_tried_again(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    address = await serve(page_app(server, '<openai-chatkit url="/nowhere" thread-id="thr_1"></openai-chatkit>'))
    chat = await open_chat(address, "/page")
    chat.watch.expect(NETWORK_NOISE)
    await expect(chat.load_error).to_contain_text("This conversation could not be loaded")
    await expect(chat.load_error).to_contain_text("Error code: endpoint")
    assert len(await chat.told("error")) == 1
    await chat.load_error.get_by_role("button", name="Try again").click()
    await chat.told_name("error", 2)
    await expect(chat.load_error).to_be_visible()


async def test_a_server_that_does_not_answer_is_named_and_the_message_is_kept(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    address = await serve(page_app(server, '<openai-chatkit url="/chatkit"></openai-chatkit>'))
    chat = await open_chat(address, "/page")
    chat.watch.expect(NETWORK_NOISE)
    await chat.page.context.set_offline(True)
    await chat.begin("Is anybody there?")
    await expect(chat.error).to_contain_text("The server cannot be reached. Check your connection and try again.")
    await chat.page.context.set_offline(False)
    await chat.error.get_by_role("button", name="Try again").click()
    await expect(chat.answer).to_contain_text("You said Is anybody there?.")
    await expect(chat.said).to_have_text(["Is anybody there?"])


async def test_a_server_that_does_not_allow_the_origin_is_told_apart(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    other = await serve(app_of(ScriptedServer()))
    policy = f"{POLICY}; connect-src 'self' {other}"
    address = await serve(page_app(server, f'<openai-chatkit url="{other}/chatkit"></openai-chatkit>', policy=policy))
    chat = await open_chat(address, "/page")
    chat.watch.origins.add(other)
    chat.watch.expect(NETWORK_NOISE, "blocked by CORS policy")
    await chat.begin("Hello")
    await expect(chat.error).to_contain_text("The server cannot be reached.")
    await chat.error.get_by_text("Details", exact=True).click()
    await expect(chat.error).to_contain_text(f"could not be reached from {address}")
    await expect(chat.error).to_contain_text("allows this origin (CORS)")
    assert [event["error"]["code"] for event in await chat.told("error")] == ["network"]


@pytest.mark.ours_only("Who may call is this package's HTTP app's business; the reference leaves it to applications.")
async def test_a_sign_in_that_the_server_wants_is_said(open_chat: OpenChat, serve: Serve) -> None:
    async def nobody(_: Request) -> dict[str, str]:
        raise UnauthenticatedError("Your session has ended. Sign in again.")

    chat = await open_chat(await serve(app_of(ScriptedServer(), context=nobody)))
    chat.watch.expect(NETWORK_NOISE)
    await chat.begin("Hello")
    await expect(chat.error).to_contain_text("You are signed out. Sign in again, then reload the page.")
    await chat.error.get_by_text("Details", exact=True).click()
    await expect(chat.error).to_contain_text("Your session has ended. Sign in again.")


@no_server
async def test_an_element_that_nobody_configures_says_what_is_missing(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    address = await serve(page_app(server, "<openai-chatkit></openai-chatkit>"))
    chat = await open_chat(address, "/page", ready=False)
    await expect(chat.load_error).to_contain_text("This chat is not set up")
    await expect(chat.load_error).to_contain_text("Whoever runs this page has to finish setting it up.")
    await chat.load_error.get_by_text("Details", exact=True).click()
    await expect(chat.load_error).to_contain_text("Give the element a url attribute, or call setOptions")
    assert [event["error"]["code"] for event in await chat.told("error")] == ["options"]


@no_server
async def test_a_stream_that_ends_without_taking_the_message_says_so(
    open_chat: OpenChat, serve: Serve, server: ScriptedServer
) -> None:
    async def broken(_: Request) -> Response:
        return Response(b": nothing came after this\n\n", media_type="text/event-stream")

    routes = [Route("/broken", broken, methods=["POST"])]
    address = await serve(page_app(server, '<openai-chatkit url="/broken"></openai-chatkit>', routes=routes))
    chat = await open_chat(address, "/page")
    await chat.begin("Hello")
    await expect(chat.error).to_contain_text("The connection was lost before the answer was complete.")
    await expect(chat.error.get_by_role("button", name="Try again")).to_be_visible()
    assert [event["error"]["code"] for event in await chat.told("error")] == ["interrupted"]
    assert len(await chat.told("response.end")) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, 'ChatKit option "api" must be an object with "url"'),
        ({"api": {"url": ""}}, 'ChatKit option "api.url" must be a non-empty string'),
        ({"api": {"url": "/c"}, "theme": {"radius": "square"}}, 'ChatKit option "theme.radius" must be one of'),
        (
            {"api": {"url": "/c"}, "startScreen": {"prompts": [{"label": "x"}]}},
            'ChatKit option "startScreen.prompts[0].prompt" must be',
        ),
    ],
)
async def test_a_wrong_option_is_named_with_what_was_expected(
    chat: Chat, options: dict[str, object], message: str
) -> None:
    assert (await chat.refusal("setOptions", options)).startswith(message)
    await chat.send("Hello")


async def test_dismissing_a_message_that_was_not_sent_puts_it_back(
    open_chat: OpenChat, scripted: str, server: ScriptedServer
) -> None:
    chat = await open_chat(scripted)
    await chat.send("Hello")
    chat.watch.expect(NETWORK_NOISE)
    await chat.route("threads.add_user_message", lambda route: route.fulfill(status=403))
    await chat.begin("Keep this")
    await expect(chat.error).to_be_visible()
    await expect(chat.composer).to_have_value("")
    await chat.error.get_by_role("button", name="Dismiss").click()
    await expect(chat.composer).to_have_value("Keep this")
    await expect(chat.composer).to_be_focused()
    await expect(chat.said).to_have_text(["Hello"])

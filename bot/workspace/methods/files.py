"""files.*: the app uploads."""

from __future__ import annotations

from bot.workspace.errors import SlackError
from bot.workspace.messages import check_content
from bot.workspace.methods.base import Api, Args, Json, channel_of, method
from bot.workspace.payloads import file_json, message_event


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(api: Api, args: Args) -> Json:
    """A place to send one file to, and the id it will have."""
    name = args.need("filename")
    try:
        length = int(args.need("length"))
    except ValueError:
        raise SlackError.arguments("must be an integer [json-pointer:/length]") from None
    if length <= 0:
        raise SlackError.arguments("must be greater than 0 [json-pointer:/length]")
    file = api.files.ask(name, length, args.text("alt_txt"))
    return {"upload_url": f"{api.url}/upload/v1/{file.token}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(api: Api, args: Args) -> Json:
    """Say that they were sent; shared in a conversation, or private to the app."""
    named = args.json("files")
    if not isinstance(named, list) or not named or not all(isinstance(each, dict) and each.get("id") for each in named):
        raise SlackError.arguments("missing required field: files")
    channel = channel_of(api, args.text("channel_id")) if args.text("channel_id") else None
    if channel is not None and channel.archived:
        raise SlackError("is_archived")
    if channel is not None and api.state.bot.id not in channel.members:
        raise SlackError("not_in_channel")
    files = [api.files.complete(each["id"], each.get("title", "")) for each in named]
    if channel is not None:
        above = channel.find(args.text("thread_ts"))
        comment, blocks = args.text("initial_comment"), args.json("blocks", "invalid_blocks_format")
        checked = check_content(api.files, comment, blocks, empty=True) if not comment else []
        message = api.messages.by_bot_with_files(
            channel, comment, checked, [file.id for file in files], thread_ts=above.root_ts if above else None
        )
        api.emit(message_event(api.state, message))
    return {"files": [file_json(api.state, file) for file in files]}


@method("files.info", "files:read")
def info(api: Api, args: Args) -> Json:
    """One file."""
    return {"file": file_json(api.state, api.files.find(args.need("file")))}


@method("files.delete", "files:write")
def delete(api: Api, args: Args) -> Json:
    """Take a file away."""
    file = api.files.find(args.need("file"))
    del api.state.files[file.id]
    return {}

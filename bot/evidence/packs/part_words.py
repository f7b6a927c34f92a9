"""The parts that people choose from when they say what is disclosed, by their words."""

from bot.evidence.meanings import Meaningful


class Part(Meaningful):
    """A part that is disclosed or withheld; `means` says it to a reader."""

    TEXT = "text", "the words of the message"
    BEFORE = "before", "its words before it was edited"
    ANSWERED = "answered", "the words of the message that it answers"
    AUTHOR = "author", "who wrote it"
    MESSAGE = "message", "which message it is, and in which channel"
    REPORTER = "reporter", "who reported it"
    REPORT_REASON = "report-reason", "why it was reported, in the reporter's words"
    HANDLER = "handler", "the moderators and stewards who dealt with it"
    REASON = "reason", "the reasons that moderators gave"
    DETAILS = "details", "all else: what was found, how it was judged, what the platform answered"
    ATTACHMENTS = "attachments", "the files that came with it"
    CONTEXT = "context", "the messages around it"
    STATEMENTS = "statements", "what those in a case said and were told, but for who reported"
    NOTES = "notes", "what those who work on a case wrote down, and what outsiders wanted of them"

"""Bringing the file to the form that this version of the program knows."""

from importlib.resources import files

from bot.store.sqlite.connection import Database, StoreUnusable


def migrations() -> list[tuple[int, str]]:
    """Give the numbered steps in order, each with its SQL."""
    folder = files("bot.store.sqlite") / "migrations"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name[:4]), (folder / name).read_text("utf-8")) for name in names]


def migrate(database: Database) -> None:
    """Run the steps that the file has not seen; each one wholly or not at all."""
    at = version(database)
    steps = migrations()
    if at > steps[-1][0]:
        raise StoreUnusable(
            f"The record was written by a newer Hustings (form {at}; this one knows {steps[-1][0]}). "
            "Install the newer version again."
        )
    for number, sql in steps:
        if number <= at:
            continue
        try:
            database.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise


def must_be_current(database: Database) -> None:
    """Refuse to read a file in another form than this program's."""
    at, newest = version(database), migrations()[-1][0]
    if at != newest:
        raise StoreUnusable(
            f"The record has form {at}, this version reads form {newest}. "
            "Start the bot once with this version, or install the newer one."
        )


def version(database: Database) -> int:
    """Give the number of the last step that the file has seen."""
    (number,) = database.execute("PRAGMA user_version").fetchone()
    return int(number)

"""Databases of millions of messages, made once and kept in the build folder."""

import contextlib
import os
import sqlite3
import subprocess
import time

EPOCH, EPOCH_TEXT = 10, "a"  # base 36
USERS = 10_000
# An hour of messages a day ago, in the order in which busy rooms get them: each in turn.
ENTRIES = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)
INSERT INTO entries(seq, room, offset, epoch, begins, author, user, id, body, at)
SELECT i + 1, i % :rooms + 1, i / :rooms + 1, :epoch, i < :rooms, i * 7 % :users + 1,
    'person-' || (i * 7 % :users), printf('%016x', i * 2654435761),
    'message ' || i || substr(:words, i * 13 % 50 + 1, 20 + i % 50), :start + i * 3600000 / :count
FROM n
"""
ROOMS = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rooms)
INSERT INTO rooms(number, key, name, last_offset, last_epoch, bytes)
SELECT i + 1, 'keep-' || i, 'keep-' || i, :each, :epoch, :each * 150 FROM n
"""
PEOPLE = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :users)
INSERT INTO users(number, key, name, created, seen)
SELECT i + 1, 'person-' || i, 'person-' || i, :start, :start FROM n
"""
SESSIONS = "INSERT INTO sessions(proof, user, seen) SELECT randomblob(16), number, seen FROM users"
META = "UPDATE meta SET next_room = :rooms + 1, next_user = :users + 1, entries = :count"
WORDS = " about the train that leaves tomorrow at nine, and never mind the coffee" * 2


def filled(roost, folder, rooms, each):
    """A database whose rooms keep-0, keep-1 … have `each` messages. Made if it is not there."""
    path = folder / f"filled-{rooms}x{each}.db"
    if not path.exists():
        part = path.with_suffix(".part")
        for old in family(part):
            old.unlink(missing_ok=True)
        print(f"     making {path.name}: {rooms * each:,} messages …", end="", flush=True)
        start = time.monotonic()
        # The program makes the tables, so that they are those of this build.
        subprocess.run([roost, "history", "import", "-", "--database", part], check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60)
        fill(part, rooms, each)
        for old in family(part)[1:]:
            old.unlink(missing_ok=True)
        part.rename(path)
        print(f" {path.stat().st_size / 2**20:,.0f} MiB in {time.monotonic() - start:.0f} s")
    with contextlib.closing(sqlite3.connect(path)) as database:
        # Names that were used a day ago are nobody's: these were used until a minute ago. Those of
        # an earlier run's load would still be kept for it.
        database.execute("DELETE FROM sessions WHERE user > ?", [USERS])
        database.execute("DELETE FROM users WHERE number > ?", [USERS])
        database.execute("UPDATE users SET seen = ?", [int(time.time() - 60) * 1000])
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def fill(path, rooms, each):
    values = {"rooms": rooms, "each": each, "count": rooms * each, "users": USERS, "epoch": EPOCH,
              "words": WORDS, "start": int(time.time() - 86_400) * 1000}
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        database.execute("BEGIN")
        for statement in (ROOMS, PEOPLE, SESSIONS, ENTRIES, META):
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            database.execute(statement, used)
        database.execute("COMMIT")
        database.execute("PRAGMA journal_mode = WAL")


def family(path):
    """The files of a database, itself first."""
    return [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm", ".lock"))]


def forget(path):
    """Takes a database out of the kernel's memory, as after a boot, so that the disk is read."""
    for file in family(path):
        if not file.exists():
            continue
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)

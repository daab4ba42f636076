// What the client's methods take and what its events have, for people and for editors.

/**
 * @typedef {object} Place Where an entry stands in its room's log.
 * @property {string} epoch compare it for equality only
 * @property {number} offset from 1, one more with each entry; 0 in an empty room
 */

/**
 * @typedef {object} Message
 * @property {'message'} type
 * @property {string} room
 * @property {number} offset
 * @property {string} user who wrote it
 * @property {string} text 1 to 4,000 characters: plain text, never HTML
 * @property {string} at the server's time in UTC, ISO 8601 with milliseconds
 * @property {string} [id] what its author's client has named it with
 * @property {number} [reply] the offset of the message that it answers
 * @property {number} [edited] the offset of its newest edition, if its text was changed before it
 *   came here
 * @property {Record<string, string[]>} [reactions] who reacted to it before it came here, by emoji
 */

/**
 * @typedef {object} Change A change of the message at `target`.
 * @property {string} type `edited`, `deleted` or `reaction`
 * @property {string} room
 * @property {number} offset its own
 * @property {number} target that of the message
 * @property {string} user who changed it
 * @property {string} [text] the new one, if it was edited
 * @property {string | null} [emoji] the user's one reaction, or null if it was taken back
 * @property {string} at the server's time in UTC, ISO 8601 with milliseconds
 */

/**
 * One entry of a room's log: a `Message`, or a change such as `edited`. Ignore a `type` that you do
 * not know.
 * @typedef {{type: string, room: string, offset: number, [field: string]: any}} Entry
 */

/**
 * @typedef {object} Page A page of a room's log, oldest entry first.
 * @property {Entry[]} messages entries of all types
 * @property {boolean} more whether there is more in the same direction
 * @property {number} offset that of the room's newest entry
 * @property {string} epoch that of the room's newest entry
 */

/**
 * @typedef {object} RoomEvents What `room.on` can listen to.
 * @property {Message} message
 * @property {Entry} entry any entry of the log, whatever its type
 * @property {Change} edited
 * @property {Change} deleted
 * @property {Change} reaction
 * @property {Entry & {user: string, text: string}} topic what the room is about from now on
 * @property {Page & {recovered: boolean, members?: string[], count: number, topic?: string,
 *   creator?: string, muted?: {everywhere: boolean, until?: string, reason?: string}}} joined the
 *   room is joined, for the first time or after a reconnect. `muted`: this user may only read
 * @property {{before: Place, messages: Entry[]}} gap after a reconnect: the server cannot tell what
 *   came after `before`, so something may be missing. `messages` are the newest entries now
 * @property {{event: 'join' | 'leave' | 'count', user?: string, count: number}} presence
 * @property {{action: string, user: string, everywhere: boolean, by?: string, until?: string,
 *   reason?: string}} moderated what a moderator or an operator has done
 * @property {{user: string}} typing somebody writes, and has for 5 s at most
 * @property {{offset: number}} read the user has read so far, on another connection
 * @property {undefined} new the room is a direct conversation that nobody has begun yet
 * @property {CommandError} refused the server does not let this user in
 * @property {CommandError} kicked an operator has taken this user out; the message is for people
 */

/**
 * @typedef {object} State The state of the connection.
 * @property {'idle' | 'connecting' | 'open' | 'waiting' | 'stopped'} phase `waiting`: a retry comes
 *   at `retryAt`. `stopped`: there will be none, see the event `stopped`
 * @property {number} [retryAt] in milliseconds, as `Date.now()` counts them
 * @property {number} [code] the close code of the last connection
 * @property {string} [reason] the server's sentence
 * @property {boolean} [doubt] an answer is late by more than 2 s, so the line may be dead
 * @property {boolean} [again] whether `retryNow()` makes sense although it has stopped
 * @property {number} [attempt] how many connections have failed in a row
 */

/**
 * @typedef {object} Welcome The server's reply to a login.
 * @property {string} user the name, as the server spells it
 * @property {boolean} account whether the name is the user's own
 * @property {boolean} [moderator] whether this user may send others away
 * @property {string[]} capabilities what this server can do beyond the plainest chat
 * @property {{text: number, rooms: number, burst: number, rate: number, page: number}} limits
 *   characters of a text, rooms of a connection, commands at once and a second, messages of a page
 * @property {Record<string, number>} timing in milliseconds
 * @property {boolean} restarted whether the server had forgotten this client's session
 */

/**
 * @typedef {object} ChatEvents What `chat.on` can listen to.
 * @property {State} state
 * @property {Welcome} welcome logged in, for the first time or after a reconnect
 * @property {CommandError} refused the server does not accept the user; the connection is closed
 * @property {{code: number, reason: string}} closed a connection has ended; another one may follow
 * @property {RoostRoom} direct somebody has begun a conversation of two, and this client is in it:
 *   its messages come next
 * @property {{code: number, reason: string}} stopped there will be no other by itself: kicked, or
 *   signed out. The reason is a sentence for people
 * @property {any} push any object that the server sends unasked, after its room has passed it on
 * @property {{item: any, error: Error | null}} sent a message of the outbox has arrived, or failed
 * @property {undefined} outbox the outbox has changed
 */

/**
 * @typedef {object} Options
 * @property {string} [user] logs in at once with this name (1 to 32 characters), and again after
 *   each reconnect
 * @property {string} [password] that of the name, if it is an account; it is kept in memory
 * @property {string | (() => string | Promise<string>)} [token] for a server that asks for one; a
 *   function is called for each login, and when a token has ended
 * @property {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} [storage] keeps the session,
 *   which proves the name: `localStorage`, or anything like it. Without it, a program that starts
 *   anew may have to wait a minute for its name
 * @property {string} [client] what this program calls itself in the user's list of sessions, in 64
 *   characters
 * @property {any} [WebSocket] where there is none, as in Node before 22: a class like the browser's
 * @property {boolean} [direct] false: conversations of two that others begin do not become rooms by
 *   themselves; they are a `push` then
 * @property {any} [sessions] instead of `storage`, for a program that keeps sessions in its own way
 * @property {{load(): any[], save(items: any[]): void}} [unsent] keeps messages that are not sent
 *   yet. With it, they survive `close()`, and what was refused stays in `outbox.items`
 */

/**
 * @typedef {object} JoinOptions
 * @property {number} [last] how many of the newest messages are passed on when the room is joined
 *   for the first time: 0 to 200, 0 if it is missing
 * @property {Place | null} [since] the `place` of an earlier visit: everything after it is passed
 *   on instead
 * @property {boolean} [private] true: only a private room is meant. A room that was private when it
 *   was joined is never joined again as an open one
 * @property {boolean} [catchUp] false: what was missed is not passed on, but is in the event
 *   `joined`, and the rest, if it has `more`, in the history
 */

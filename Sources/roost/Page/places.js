// Places of messages: an offset, and an epoch that says whose it is. A message has an `epoch`
// only if the one before it has another.

// All epochs of a `joined`, in the order of its messages.
export const epochsOf = ({ epoch, first_epoch: first, messages }) =>
    [first, ...messages.map((message) => message.epoch), epoch].filter((one) => one);

// Whether the room of the reply is another one than that in which `offset` was read. It is, if the
// message there is gone although the room has no older ones, or has another epoch now.
export function hasBegunAnew(reply, { epoch, offset }) {
    if (offset < 1) return false; // nothing was there to be read
    if (offset > reply.offset) return true;
    let at = reply.first_epoch ?? reply.epoch;
    const known = new Set([at]);
    for (const message of reply.messages) {
        at = message.epoch ?? at;
        known.add(at);
        if (message.offset === offset) return at !== epoch;
    }
    const first = reply.messages[0]?.offset ?? reply.offset + 1;
    return first <= offset + 1 && !known.has(epoch);
}

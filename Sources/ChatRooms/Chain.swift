// Records in an order, doubly linked through the records themselves, so that finding the first one
// and removing any one take constant time.
import Storage

/// A record's neighbours in one chain.
struct Links {
    var previous = none
    var next = none
}

/// Says which of a record's links a chain uses.
protocol ChainKind {
    associatedtype Record
    static func links(_ record: borrowing Record) -> Links
    static func link(_ record: inout Record, _ links: Links)
}

struct Chain<Kind: ChainKind>: Sendable {
    private(set) var first = none
    private(set) var last = none
    private(set) var count = 0

    func next(_ index: UInt32, in pool: borrowing SlotTable<Kind.Record>) -> UInt32 {
        Kind.links(pool[index]).next
    }

    mutating func append(_ index: UInt32, in pool: inout SlotTable<Kind.Record>) {
        Kind.link(&pool[index], Links(previous: last, next: none))
        if last == none {
            first = index
        } else {
            Kind.link(
                &pool[last], Links(previous: Kind.links(pool[last]).previous, next: index))
        }
        last = index
        count += 1
    }

    mutating func remove(_ index: UInt32, in pool: inout SlotTable<Kind.Record>) {
        let links = Kind.links(pool[index])
        if links.previous == none {
            first = links.next
        } else {
            let before = Kind.links(pool[links.previous]).previous
            Kind.link(&pool[links.previous], Links(previous: before, next: links.next))
        }
        if links.next == none {
            last = links.previous
        } else {
            let after = Kind.links(pool[links.next]).next
            Kind.link(&pool[links.next], Links(previous: links.previous, next: after))
        }
        Kind.link(&pool[index], Links())
        count -= 1
    }
}

/// The users without a connection, in the order in which they left.
enum GoneUsers: ChainKind {
    static func links(_ user: borrowing User) -> Links { user.gone }
    static func link(_ user: inout User, _ links: Links) { user.gone = links }
}

/// A room's members, in the order in which they entered.
enum Members: ChainKind {
    static func links(_ membership: borrowing Membership) -> Links { membership.neighbours }
    static func link(_ membership: inout Membership, _ links: Links) {
        membership.neighbours = links
    }
}

/// The rooms without members, in the order in which the last member left or a message came.
enum EmptyRooms: ChainKind {
    static func links(_ room: borrowing Room) -> Links { room.empty }
    static func link(_ room: inout Room, _ links: Links) { room.empty = links }
}

/// The rooms that keep messages, in the order of their last messages.
enum SpokenRooms: ChainKind {
    static func links(_ room: borrowing Room) -> Links { room.spoken }
    static func link(_ room: inout Room, _ links: Links) { room.spoken = links }
}

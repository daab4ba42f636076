// Records in an order, doubly linked through the records themselves, so that finding the first one
// and removing any one take constant time.
import Storage

/// A record's neighbours in one chain.
struct Links<Record> {
    var previous: TableIndex<Record> = .none
    var next: TableIndex<Record> = .none
}

/// Says which of a record's links a chain uses.
protocol ChainKind {
    associatedtype Record
    static func links(_ record: borrowing Record) -> Links<Record>
    static func link(_ record: inout Record, _ links: Links<Record>)
}

struct Chain<Kind: ChainKind>: Sendable {
    typealias Index = TableIndex<Kind.Record>

    private(set) var first: Index = .none
    private(set) var last: Index = .none
    private(set) var count = 0

    func next(_ index: Index, in pool: borrowing SlotTable<Kind.Record>) -> Index {
        Kind.links(pool[index]).next
    }

    mutating func append(_ index: Index, in pool: inout SlotTable<Kind.Record>) {
        Kind.link(&pool[index], Links(previous: last, next: .none))
        if last == .none {
            first = index
        } else {
            Kind.link(
                &pool[last], Links(previous: Kind.links(pool[last]).previous, next: index))
        }
        last = index
        count += 1
    }

    mutating func remove(_ index: Index, in pool: inout SlotTable<Kind.Record>) {
        let links = Kind.links(pool[index])
        if links.previous == .none {
            first = links.next
        } else {
            let before = Kind.links(pool[links.previous]).previous
            Kind.link(&pool[links.previous], Links(previous: before, next: links.next))
        }
        if links.next == .none {
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
    static func links(_ user: borrowing User) -> Links<User> { user.gone }
    static func link(_ user: inout User, _ links: Links<User>) { user.gone = links }
}

/// A room's members, in the order in which they entered.
enum Members: ChainKind {
    static func links(_ membership: borrowing Membership) -> Links<Membership> {
        membership.neighbours
    }
    static func link(_ membership: inout Membership, _ links: Links<Membership>) {
        membership.neighbours = links
    }
}

/// The rooms without members, in the order in which the last member left or a message came.
enum EmptyRooms: ChainKind {
    static func links(_ room: borrowing Room) -> Links<Room> { room.empty }
    static func link(_ room: inout Room, _ links: Links<Room>) { room.empty = links }
}

/// The rooms that keep messages, in the order of their last messages.
enum SpokenRooms: ChainKind {
    static func links(_ room: borrowing Room) -> Links<Room> { room.spoken }
    static func link(_ room: inout Room, _ links: Links<Room>) { room.spoken = links }
}

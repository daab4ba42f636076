// Orders and receipts as JSON. What is wrong with an order is the reason of the Close.
import WebSocketServer
import WebSocketServerJSON

struct Order: Decodable {
    let item: String
    let count: Int
}

struct Receipt: Encodable {
    let item: String
    let cents: Int
}

let port = UInt16(CommandLine.arguments.last!) ?? 8080

serve(port: port) { message, id, io in
    let order = try message.decode(Order.self)
    try io.send(json: Receipt(item: order.item, cents: 250 * order.count), to: id)
}

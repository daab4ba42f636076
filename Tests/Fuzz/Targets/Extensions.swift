// Lists of extensions, and how both sides read them.
@testable import WebSocketCore

/// A list written again is the same list; the offering side accepts what a policy grants.
func fuzzExtensions(_ span: Span<UInt8>) throws {
    var input = FuzzInput(span)
    let kept = input.choice([nil, 8, 9, 12, 15])
    let policy = DeflatePolicy(keptClientWindowBits: kept)
    guard let items = ExtensionItem.list(input.rest().span) else { return }
    try checkItems(items)
    for item in items {
        guard let offer = DeflateOffer(item) else { continue }
        try check(single(offer.fieldValue).flatMap(DeflateOffer.init), equals: offer, "an offer")
        let granted = policy.answer(to: offer)
        try check(granted.serverNoContextTakeover, "the server keeps context")
        try check(!granted.keepsContext(from: .client) || kept != nil, "context without leave")
        guard let acceptance = single(granted.fieldValue) else {
            throw Failed("\(granted.fieldValue) is no extension")
        }
        let parameters = try offer.parameters(acceptedBy: acceptance)
        for role in [Role.server, .client] {
            // The client may agree to a smaller window than the server asked for, never to a larger
            // one.
            try check(
                parameters.windowBits(from: role) <= granted.windowBits(from: role), "window")
        }
        try check(DeflateParameters(rawValue: granted.rawValue), equals: granted, "raw value")
    }
    if let granted = policy.accept(items) {
        try check(items.contains { DeflateOffer($0) != nil }, "granted: \(granted.fieldValue)")
    }
}

/// Items consist of tokens, and can be written and read again.
func checkItems(_ items: [ExtensionItem]) throws {
    let text = items.map { item in
        item.parameters.reduce(item.name) { text, parameter in
            text + "; " + parameter.name + (parameter.value.map { "=" + $0 } ?? "")
        }
    }.joined(separator: ", ")
    try check(ExtensionItem.list(text.utf8.span), equals: items, "written again")
}

private func single(_ text: String) -> ExtensionItem? {
    let items = ExtensionItem.list(text.utf8.span)
    return items?.count == 1 ? items?.first : nil
}

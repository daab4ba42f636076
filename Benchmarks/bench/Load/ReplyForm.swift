// What a message of the load looks like when it comes back.

/// The form of what comes back, as far as it is known.
struct ReplyForm {
    enum Surroundings {
        /// The payload alone.
        case none
        /// The whole message is known.
        case template(MessageTemplate)
        /// Only the server knows what it puts around a payload.
        case any
    }

    let surroundings: Surroundings
    /// Sent back as a text message.
    let isText: Bool

    init(_ plan: LoadPlan, _ template: MessageTemplate) throws {
        // The chat talks JSON.
        isText = !plan.isBinary || plan.wire == .chat
        if let reply = plan.reply {
            surroundings = .template(try MessageTemplate(reply, size: plan.size))
        } else if plan.kind == .resume || plan.wire == .chat {
            surroundings = .any
        } else if template.isRaw {
            surroundings = .none
        } else {
            // What is sent to a room may come back in the form of the server.
            let comesBack = plan.kind == .echo || plan.kind == .churn
            surroundings = comesBack ? .template(template) : .any
        }
    }
}

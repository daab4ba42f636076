// What reports say of a certificate.
import ChatRooms
import WebSocketServer

extension CertificateSummary {
    /// A certificate is renewed a month before its end: with fewer days left, that has failed.
    static var lowDayCount: Int { 21 }

    /// How many whole days it is still good for; negative when it has expired.
    func daysLeft(at seconds: Int) -> Int {
        let rest = notAfter - seconds
        return rest >= 0 ? rest / 86_400 : -((-rest + 86_399) / 86_400)
    }

    /// "chat.example.org and 2 more names".
    var nameWords: String {
        let first = names.first ?? "no name"
        return switch names.count {
        case 0, 1: first
        case 2: "\(first) and 1 more name"
        default: "\(first) and \(names.count - 1) more names"
        }
    }

    /// The day of its end, in UTC: "2027-02-28".
    var lastDay: String {
        String(Timestamp(monotonic: 0, wall: Int64(notAfter) * 1000).wallText.prefix(10))
    }

    /// What a reload says of a certificate that is new.
    var greeting: String { "The certificate for \(nameWords) is good until \(lastDay)." }

    /// What an operator must know at this time; nil if there is nothing to do.
    func warning(at seconds: Int) -> String? {
        if let flaw = flaw(at: seconds) { return flaw }
        let days = daysLeft(at: seconds)
        // A certificate that the server has made for trying is new with each start.
        guard origin != "self-signed" else {
            return days < 1 ? "The self-signed certificate ends today: restart the server." : nil
        }
        guard days < Self.lowDayCount else { return nil }
        return "The certificate for \(nameWords) ends in \(days) d, on \(lastDay): renew it, then: "
            + "systemctl reload roost"
    }
}

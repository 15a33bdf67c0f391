// The opaque place in a list that `next` and `previous` point to.

import FoundationEssentials

enum Cursor: Equatable, Sendable {
    case before(Int)
    case after(Int)

    /// Ready to stand in a URL.
    var text: String {
        let plain =
            switch self {
            case .before(let sequence): "b\(sequence)"
            case .after(let sequence): "a\(sequence)"
            }
        return Data(plain.utf8).base64EncodedString().split(separator: "=", omittingEmptySubsequences: false)
            .joined(separator: "%3D")
    }

    /// - Parameter text: percent-decoded.
    init?(_ text: String) {
        guard let data = Data(base64Encoded: text), let plain = String(bytes: data, encoding: .utf8),
            let sequence = Int(plain.dropFirst())
        else { return nil }
        switch plain.first {
        case "b": self = .before(sequence)
        case "a": self = .after(sequence)
        default: return nil
        }
    }
}

/// What a list of predictions is narrowed down to.
struct ListQuery: Equatable, Sendable {
    var cursor: Cursor?
    var createdAfter: Timestamp?
    var createdBefore: Timestamp?
    var webOnly = false
    /// The filters as they came, for the URLs of the other pages.
    var filters = ""

    static func parse(_ query: String) throws(Problem) -> ListQuery {
        var list = ListQuery()
        for item in query.split(separator: "&") {
            let sides = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = sides.first, let value = sides.count == 2 ? percentDecoded(sides[1]) : "" else {
                throw .badRequest("The query of the URL is not percent-encoded UTF-8.")
            }
            switch name {
            case "cursor":
                list.cursor = Cursor(value)
                if list.cursor == nil { throw .invalidCursor }
                continue
            case "created_after": list.createdAfter = try time(value, "created_after")
            case "created_before": list.createdBefore = try time(value, "created_before")
            case "source":
                guard value == "web" else {
                    throw .invalid([SchemaViolation(kind: "enum", field: "source", description: "source must be web")])
                }
                list.webOnly = true
            default: continue
            }
            list.filters += "&\(item)"
        }
        return list
    }

    private static func time(_ text: String, _ field: String) throws(Problem) -> Timestamp {
        // In a query, a plus sign that nobody encoded reads as a space.
        if let time = Timestamp(text) ?? Timestamp(text.split(separator: " ").joined(separator: "+")) { return time }
        throw .invalid([
            SchemaViolation(kind: "format", field: field, description: "Does not match format 'date-time'")
        ])
    }

    func matches(_ prediction: Prediction) -> Bool {
        if webOnly { return false }  // The sandbox has no web page that makes predictions.
        if let createdAfter, prediction.createdAt < createdAfter { return false }
        if let createdBefore, prediction.createdAt >= createdBefore { return false }
        return true
    }
}

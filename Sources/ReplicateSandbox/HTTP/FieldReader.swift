// Reads the members of a JSON body one by one and gathers what is wrong with them.

import Replicate

struct FieldReader {
    private var values: [String: JSON] = [:]
    private var names: [String] = []
    private var violations: [SchemaViolation] = []

    init(_ body: [UInt8]) throws(Problem) {
        let json: JSON
        do {
            json = try JSON(validating: body)
        } catch {
            throw .badRequest("The request's body is not JSON: \(error).")
        }
        guard json.kind == .object else { throw .badRequest("The request's body is not a JSON object.") }
        for member in json.members {
            values[member.name] = member.value
            names.append(member.name)
        }
    }

    mutating func refuseOthers(than known: [String]) {
        for name in names where !known.contains(name) { violations.append(.unexpected(name, in: "")) }
    }

    mutating func require(_ names: [String]) {
        for name in names where values[name] == nil { violations.append(.required(name, in: "")) }
    }

    mutating func value(_ name: String, _ kind: JSON.Kind) -> JSON? {
        guard let value = values[name] else { return nil }
        guard value.kind == kind else {
            violations.append(.type(expected: "\(kind)", given: "\(value.kind)", at: name))
            return nil
        }
        return value
    }

    mutating func text(_ name: String) -> String? { value(name, .string)?.string }

    mutating func choice(_ name: String, of words: [String]) -> String? {
        guard let text = text(name) else { return nil }
        if !words.contains(text) {
            let list = words.joined(separator: ", ")
            refuse(name, kind: "enum", "\(name) must be one of the following: \(list)")
        }
        return text
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = value(name, .number) else { return nil }
        guard let number = value.double, number.rounded() == number, let whole = Int(exactly: number) else {
            violations.append(.type(expected: "integer", given: "number", at: name))
            return nil
        }
        if whole < range.lowerBound {
            refuse(name, kind: "number_gte", "Must be greater than or equal to \(range.lowerBound)")
        } else if whole > range.upperBound {
            refuse(name, kind: "number_lte", "Must be less than or equal to \(range.upperBound)")
        }
        return whole
    }

    mutating func webURL(_ name: String) -> String? {
        guard let text = text(name) else { return nil }
        if !Self.isWebURL(text) { refuse(name, kind: "format", "\(name) must be an http or https URL") }
        return text
    }

    /// Which events shall be posted to a webhook.
    mutating func webhookEvents() -> JSON? {
        let events = ["start", "output", "logs", "completed"]
        let list = value("webhook_events_filter", .array)
        for (index, event) in (list?.elements ?? []).enumerated() where !events.contains(event.string ?? "") {
            refuse(
                "webhook_events_filter.\(index)", kind: "enum",
                "must be one of the following: \(events.joined(separator: ", "))")
        }
        return list
    }

    mutating func refuse(_ name: String, kind: String, _ description: String) {
        violations.append(SchemaViolation(kind: kind, field: name, description: description))
    }

    func check() throws(Problem) {
        if !violations.isEmpty { throw .invalid(violations) }
    }

    private static func isWebURL(_ text: String) -> Bool {
        let lowered = text.lowercased()
        for scheme in ["http://", "https://"] where lowered.hasPrefix(scheme) {
            let rest = lowered.dropFirst(scheme.count)
            return rest.first.map { !"/?#:@".contains($0) } == true && !rest.utf8.contains { $0 <= 0x20 }
        }
        return false
    }
}

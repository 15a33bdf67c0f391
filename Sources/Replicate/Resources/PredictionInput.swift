// What the caller gives to a create: the model's input, with files in it; and further keys of the request's body (webhook, for
// instance).

public struct PredictionInput: Sendable {
    private var input: JSON
    /// What stands in their places is null, until they are sent.
    private(set) var attachments: [Attachment] = []
    private var fields: [(name: String, value: JSON)] = []

    public init(_ json: JSON) throws(ReplicateError) {
        guard json.kind == .object else {
            throw ReplicateError(.invalidInput, "input must be a JSON object, such as {\"prompt\": \"a fox\"}")
        }
        input = json
    }

    /// Adds a key beside `input`, or replaces it.
    public mutating func set(_ name: String, _ value: JSON) throws(ReplicateError) {
        guard !name.isEmpty, name != "input" else {
            throw ReplicateError(.invalidInput, "a field of the request's body cannot be called \"\(name)\"")
        }
        try CallerText.check(name, "the name of a field of the request's body", atMost: CallerText.longestName)
        try Self.check(name, value)
        fields.removeAll { $0.name.utf8.elementsEqual(name.utf8) }
        fields.append((name, value))
    }

    /// Puts a file into the input, at a JSON Pointer: in place of a value, as a new member of an object, or at the end of an
    /// array ("-").
    public mutating func attach(_ file: UploadFile, at pointer: String) throws(ReplicateError) {
        try CallerText.check(pointer, "pointer", atMost: CallerText.longestPointer)
        guard let place = input.place(at: pointer) else {
            throw ReplicateError(
                .invalidInput,
                "the input has no place at \"\(CallerText.shown(pointer))\": a pointer looks like /image or /images/0, and only its last part may be new"
            )
        }
        input = input.putting(.null, at: place)
        // By their bytes: two spellings of an accented letter are one text to Swift, and two names to JSON.
        attachments.removeAll {
            $0.pointer.utf8.elementsEqual(place.pointer.utf8) || $0.pointer.utf8.starts(with: (place.pointer + "/").utf8)
        }
        attachments.append(Attachment(pointer: place.pointer, file: file))
    }

    /// The same, with a text in place of each file, in their order.
    func replacingFiles(by texts: [String]) throws(ReplicateError) -> PredictionInput {
        var replaced = self
        replaced.attachments = []
        let values = zip(attachments, texts).map { ($0.pointer, JSON($1)) }
        guard texts.count == attachments.count, let input = input.replacing(values) else {
            throw ReplicateError(.internal, "the files have lost their places in the input")
        }
        replaced.input = input
        return replaced
    }

    /// The request's body: `extra` first, then the input and the fields in the order they were set.
    func body(_ extra: [(name: String, text: String)] = []) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(input.bytes.count + 160)
        body.append(UInt8(ascii: "{"))
        func add(_ name: String, _ value: some Sequence<UInt8>) {
            if body.count > 1 { body.append(UInt8(ascii: ",")) }
            body += JSONString.quoted(name)
            body.append(UInt8(ascii: ":"))
            body += value
        }
        for (name, text) in extra { add(name, JSONString.quoted(text)) }
        add("input", input.bytes)
        for field in fields where !extra.contains(where: { $0.name == field.name }) { add(field.name, field.value.bytes) }
        body.append(UInt8(ascii: "}"))
        return body
    }

    /// What can be known of a field before it is sent.
    private static func check(_ name: String, _ value: JSON) throws(ReplicateError) {
        if name == "webhook" { try checkWebhook(value) }
        if name == "webhook_events_filter" { try checkFilter(value) }
    }

    /// The same for the fields of a body that was written elsewhere.
    public static func check(_ body: JSON) throws(ReplicateError) {
        for member in body.members { try check(member.name, member.value) }
    }

    private static func checkWebhook(_ value: JSON) throws(ReplicateError) {
        let url = value.string ?? ""
        try CallerText.check(url, "webhook", atMost: CallerText.longestURL)
        guard isWebURL(url) else { throw ReplicateError(.invalidInput, "webhook must be an http or https URL") }
    }

    private static func isWebURL(_ text: String) -> Bool {
        // libcurl would take the first part of the path for a host that is missing.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), !text.contains(":///"), let url = WebURL(text) else {
            return false
        }
        return ["https", "http"].contains(url.origin.scheme) && !url.origin.host.isEmpty
    }

    private static func checkFilter(_ value: JSON) throws(ReplicateError) {
        let events = ["start", "output", "logs", "completed"]
        let isFilter = value.kind == .array && value.elements.allSatisfy { events.contains($0.string ?? "") }
        guard isFilter else {
            throw ReplicateError(.invalidInput, "webhook_events_filter must be an array of \(events.joined(separator: ", "))")
        }
    }
}

// The events that a stream would have brought, made of snapshots: what a prediction has put out since the last one. No text is
// told twice, and what the first snapshot holds is told too.

struct OutputDelta: Sendable {
    private enum Told: Sendable {
        case nothing
        /// So many of an array's elements.
        case elements(Int)
        case text(String)
        /// Any other value, as JSON.
        case value(String)
    }

    private var output = Told.nothing
    private var logs = ""

    /// The events between the snapshot before and this one, in the order of a stream: logs, output, the end.
    mutating func take(_ snapshot: JSON) -> EventBatch {
        var batch = EventBatch()
        if let text = snapshot["logs"]?.string, let new = Self.newText(text, after: logs) {
            batch.append("logs", new)
            logs = text
        }
        if let output = snapshot["output"] { takeOutput(output, into: &batch) }
        takeEnd(PredictionState(snapshot), into: &batch)
        return batch
    }

    private mutating func takeOutput(_ value: JSON, into batch: inout EventBatch) {
        switch value.kind {
        case .null: return
        case .array:
            var told = 0
            if case .elements(let count) = output { told = count }
            let elements = value.elements
            for element in elements.dropFirst(told) { batch.append("output", Self.text(element)) }
            output = .elements(elements.count)
        case .string:
            var told = ""
            if case .text(let text) = output { told = text }
            let text = value.string ?? ""
            if let new = Self.newText(text, after: told) { batch.append("output", new) }
            output = .text(text)
        case .object, .number, .boolean:
            let text = Self.text(value)
            if case .value(text) = output { return }
            batch.append("output", text)
            output = .value(text)
        }
    }

    private func takeEnd(_ state: PredictionState, into batch: inout EventBatch) {
        switch state.status {
        case .starting, .processing, .unknown: return
        case .succeeded: batch.append("done", "{}")
        case .canceled, .aborted: batch.append("done", "{\"reason\":\"canceled\"}")
        case .failed:
            let detail = state.snapshot["error"]?.string ?? ""
            batch.append("error", String(decoding: JSON(object: [("detail", detail)]).bytes, as: UTF8.self))
            batch.append("done", "{\"reason\":\"error\"}")
        }
    }

    private static func text(_ value: JSON) -> String { value.string ?? String(decoding: value.bytes, as: UTF8.self) }

    /// nil when nothing is new. A text that does not go on from the one before has taken its place.
    private static func newText(_ text: String, after told: String) -> String? {
        if text.utf8.starts(with: told.utf8) {
            return text.utf8.count == told.utf8.count
                ? nil : String(decoding: text.utf8.dropFirst(told.utf8.count), as: UTF8.self)
        }
        return text
    }
}

extension EventBatch {
    /// An event without an id.
    fileprivate mutating func append(_ event: String, _ data: String) {
        var (event, data) = (event, data)
        event.withUTF8 { event in
            data.withUTF8 { data in
                // What does not fit into 2 GiB was no answer of a server's.
                _ = append(
                    event: UnsafeRawBufferPointer(event), data: UnsafeRawBufferPointer(data),
                    id: UnsafeRawBufferPointer(start: nil, count: 0), hasOwnID: false)
            }
        }
    }
}

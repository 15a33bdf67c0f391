// What a streaming model has put out so far, and how it is shown: as events to whoever reads the stream, as an array in
// the prediction's JSON.

import Replicate

struct PredictionStream: Sendable {
    enum Kind: Sendable {
        /// Each event is a piece of text, or the URL of a file.
        case text, files
    }

    /// A part of the stream, ready to be sent.
    struct Batch: Sendable {
        var text: [UInt8]
        /// How many events it has.
        var count: Int
        /// Whether the stream's last event is one of them, or came before.
        var isLast: Bool
    }

    let kind: Kind
    /// Makes the stream's URL one that nobody can guess who knows the prediction's id alone.
    let key = PredictionID.random()
    /// After how many events each connection to it is dropped, so that a client's resuming can be tried.
    let dropAfter: Int?
    private let seconds: Int64
    private(set) var log = EventLog()
    private(set) var files: [OutputFile] = []
    /// How many pieces of output there are.
    private(set) var outputs = 0

    init(_ kind: Kind, createdAt: Timestamp, dropAfter: Int?) {
        self.kind = kind
        self.dropAfter = dropAfter
        seconds = createdAt.microseconds / 1_000_000
    }

    /// In the service, too, the path tells a stream of files from one of text.
    func path(of id: String) -> String {
        switch kind {
        case .text: "\(StreamPath.text)\(id)\(key)"
        case .files: "\(StreamPath.files)\(id)\(key)"
        }
    }

    var weight: Int { log.weight + files.reduce(0) { $0 + $1.content.weight + 256 } }

    mutating func add(_ chunks: [String]) {
        for chunk in chunks where !chunk.isEmpty {
            log.add(.output, chunk.utf8)
            outputs += 1
        }
    }

    mutating func add(_ file: OutputFile) {
        files.append(file)
        outputs += 1
        log.add(.file, file.name.utf8)
    }

    mutating func add(logs text: String) { log.add(.logs, text.utf8) }

    mutating func end(_ status: Prediction.Status, error: String?) {
        switch status {
        case .failed:
            var object = JSONObject()
            object.add("detail", error ?? "")
            log.add(.error, object.text)
            log.add(.done, #"{"reason":"error"}"#.utf8)
        case .succeeded: log.add(.done, "{}".utf8)
        default: log.add(.done, #"{"reason":"canceled"}"#.utf8)
        }
    }

    /// The prediction's output; nil while there is none.
    func output(folder: String, isInline: Bool) -> [UInt8]? {
        if kind == .files {
            return files.isEmpty ? nil : ModelOutput.files(files).text(folder: folder, isInline: isInline)
        }
        let outputs = log.outputs()
        return outputs.isEmpty ? nil : [UInt8(ascii: "[")] + outputs + [UInt8(ascii: "]")]
    }

    /// - Parameters:
    ///   - limit: the number of events that may be in it.
    ///   - bytes: a size behind which no further event begins.
    ///   - folder: the URL under which files are served.
    func batch(from position: Int, limit: Int, bytes: Int, folder: String) -> Batch {
        var text: [UInt8] = []
        var index = position
        while index < log.count, index - position < limit, text.count < bytes {
            let kind = log.kind(at: index)
            let data = log.text(at: index)
            if kind == .file {
                text.add(event: kind.name, id: id(at: index), data: Array("\(folder)/".utf8) + data)
            } else {
                text.add(event: kind.name, id: id(at: index), data: data)
            }
            index += 1
        }
        return Batch(text: text, count: index - position, isLast: log.isComplete && index >= log.count)
    }

    /// A number and a counter, as the service has them.
    private func id(at index: Int) -> String { "\(seconds):\(index)" }

    /// Where to go on behind the event of that id; at the beginning where there is none.
    func position(after id: String?) -> Int {
        let parts = (id ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let index = parts.last.flatMap({ Int($0) }), (0..<log.count).contains(index),
            id == self.id(at: index)
        else { return 0 }
        return index + 1
    }
}

// What a model returns: JSON, in which files are pieces of their own until it is known where a client reaches them.

import Crypto
import FoundationEssentials
import Replicate

struct OutputFile: Sendable {
    let name: String
    let type: String
    let content: FileContent
    /// Without quotes.
    let etag: String

    init(name: String, type: String, bytes: [UInt8]) {
        self.name = name
        self.type = type
        content = .bytes(bytes[...])
        etag = hexadecimal(SHA256.hash(data: bytes))
    }

    /// Made while it is sent.
    init(name: String, type: String, lines count: Int) {
        self.name = name
        self.type = type
        content = .lines(count)
        etag = "lines-\(count)"
    }

    var dataURI: String { "data:\(type);base64,\(Data(content.all).base64EncodedString())" }
}

/// What models of language measure, as the service's do.
struct TextMetrics: Sendable {
    var inputTokens: Int
    var outputTokens: Int
    var tokensPerSecond: Double
    var timeToFirstToken: Double

    func add(to metrics: inout JSONObject) {
        metrics.add("input_token_count", inputTokens)
        metrics.add("output_token_count", outputTokens)
        metrics.add("tokens_per_second", tokensPerSecond)
        metrics.add("time_to_first_token", timeToFirstToken)
    }
}

struct ModelOutput: Sendable {
    enum Piece: Sendable {
        case json([UInt8])
        case file(OutputFile)
    }

    private var pieces: [Piece]
    private(set) var metrics: TextMetrics?

    /// - Parameter pieces: one JSON text together, in which the URL of a file stands where the file is.
    init(_ pieces: [Piece], metrics: TextMetrics? = nil) {
        self.pieces = pieces
        self.metrics = metrics
    }

    /// Files up to here stand in the answer to a held request as data: URIs, as the service has it.
    private static let longestInline = 1 << 20

    static func json(_ bytes: [UInt8]) -> ModelOutput { ModelOutput([.json(bytes)]) }
    static func text(_ text: String) -> ModelOutput { json(JSONString.quoted(text)) }
    static func file(_ file: OutputFile) -> ModelOutput { ModelOutput([.file(file)]) }

    static func files(_ files: [OutputFile]) -> ModelOutput {
        var pieces: [Piece] = [.json([UInt8(ascii: "[")])]
        for (index, file) in files.enumerated() {
            if index > 0 { pieces.append(.json([UInt8(ascii: ",")])) }
            pieces.append(.file(file))
        }
        return ModelOutput(pieces + [.json([UInt8(ascii: "]")])])
    }

    /// Nothing but what the run has put out already.
    static func streamed(_ metrics: TextMetrics? = nil) -> ModelOutput { ModelOutput([], metrics: metrics) }

    /// The output of a training.
    static func trained(version: String, weights: OutputFile) -> ModelOutput {
        let start = Array(#"{"version":"#.utf8) + JSONString.quoted(version) + Array(#","weights":"#.utf8)
        return ModelOutput([.json(start), .file(weights), .json([UInt8(ascii: "}")])])
    }

    /// Roughly what it holds in memory.
    var weight: Int {
        pieces.reduce(0) { sum, piece in
            switch piece {
            case .json(let bytes): sum + bytes.count
            case .file(let file): sum + file.content.weight + 256
            }
        }
    }

    func file(named name: String) -> OutputFile? {
        for case .file(let file) in pieces where file.name == name { return file }
        return nil
    }

    /// - Parameters:
    ///   - folder: the URL under which the files are served.
    ///   - isInline: whether short files shall stand in the text themselves.
    func text(folder: String, isInline: Bool) -> [UInt8] {
        var text: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .json(let bytes): text += bytes
            case .file(let file) where isInline && file.content.count <= Self.longestInline:
                text += JSONString.quoted(file.dataURI)
            case .file(let file): text += JSONString.quoted("\(folder)/\(file.name)")
            }
        }
        return text
    }
}

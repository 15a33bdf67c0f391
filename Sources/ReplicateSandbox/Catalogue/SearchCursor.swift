// Where in the result of a search for models a page begins. It carries the text, as no later request does.

import FoundationEssentials

struct SearchCursor: Equatable, Sendable {
    var text: String
    var offset: Int

    init(text: String, offset: Int) {
        self.text = text
        self.offset = offset
    }

    /// Ready to stand in a URL.
    var encoded: String { percentEncoded(Data("s\(offset) \(text)".utf8).base64EncodedString()) }

    /// - Parameter encoded: percent-decoded.
    init?(_ encoded: String) {
        guard let data = Data(base64Encoded: encoded), let plain = String(validating: data, as: UTF8.self),
            plain.first == "s"
        else { return nil }
        let parts = plain.dropFirst().split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let text = parts.last, let offset = parts.first.flatMap({ Int($0) }), offset >= 0,
            offset < 1 << 40
        else { return nil }
        self.init(text: String(text), offset: offset)
    }
}

// The head of an answer, line by line as it comes. libcurl takes much that no server should send: two lengths, a length with
// letters in it, folded lines, a body in codings that nobody asked for. Read in two ways, such an answer is whole in one and
// half in the other; so it is refused.

struct AnswerHead: Sendable {
    struct Limits: Sendable {
        var bytes: Int
        /// Answers before the answer: 100, 102, 103.
        var interim = 32
        /// The body may be in gzip.
        var takesGzip = false
    }

    /// What is wrong with it.
    struct Refusal: Error {
        var reason: TransportFailure.Reason
        var message: String

        static let `private` = Refusal(reason: .refused("its address is a private one (private_addresses)"), message: "refused")

        static let late = Refusal(reason: .timeout(.total), message: "too late for a request that makes something")

        static func malformed(_ what: String) -> Refusal { Refusal(reason: .malformed, message: what) }
        static func tooLarge(_ what: String) -> Refusal { Refusal(reason: .tooLarge(what), message: what) }
    }

    private(set) var headers = HTTPHeaders()
    /// The empty line has come.
    private(set) var isComplete = false
    private(set) var status = 0
    /// The end of its body shows: by a length, by chunks, or by the frames of HTTP/2.
    var showsEnd: Bool { length != nil || isChunked || isFramed }
    private let limits: Limits
    private var bytes = 0
    private var interim = 0
    private var length: Int?
    private var location: [UInt8]?
    private var isChunked = false
    private(set) var isCoded = false
    private var isFramed = false
    /// A line says HTTP/2 where HTTP/1 is spoken: libcurl believes it, and would then send further requests on connections
    /// on which others still wait, and give these the answers of those.
    private(set) var claimsFrames = false

    init(_ limits: Limits) { self.limits = limits }

    /// `isFramed`: whether the connection speaks HTTP/2; asked where a line says so, nil where nobody knows.
    mutating func take(_ line: UnsafeRawBufferPointer, isFramed: () -> Bool?) throws(Refusal) {
        bytes += line.count
        guard bytes <= limits.bytes else { throw Refusal.tooLarge("headers of more than \(limits.bytes) bytes") }
        let text = try withoutEnd(line)
        if text.starts(with: "HTTP/".utf8) {
            try begin(text, isFramed)
        } else if text.isEmpty {
            isComplete = true
        } else if !isComplete {
            try field(text)
            headers.append(line: line)
        }
        // What follows the body, in chunks, says nothing that is needed here.
    }

    private func withoutEnd(_ line: UnsafeRawBufferPointer) throws(Refusal) -> UnsafeRawBufferPointer.SubSequence {
        var text = line[...]
        if text.last == UInt8(ascii: "\n") { text = text.dropLast() }
        if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
        guard !text.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\r") }) else {
            throw Refusal.malformed("a zero byte or a carriage return within a header")
        }
        return text
    }

    /// Of another answer: after an interim one, or a proxy's.
    private mutating func begin(_ line: UnsafeRawBufferPointer.SubSequence, _ isFramed: () -> Bool?) throws(Refusal) {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        var versions = ["HTTP/1.0", "HTTP/1.1"]
        if line.starts(with: "HTTP/2".utf8) || line.starts(with: "HTTP/3".utf8) {
            // libcurl writes these lines itself, and without words.
            claimsFrames =
                isFramed() == false || line[line.startIndex + 6..<min(line.endIndex, line.startIndex + 7)].first != 0x20
                || (parts.count == 3 && !parts[2].isEmpty)
            if !claimsFrames { versions = ["HTTP/2", "HTTP/3"] }
        }
        guard parts.count >= 2, versions.contains(where: { $0.utf8.elementsEqual(parts[0]) }),
            let status = Self.number(parts[1]), parts[1].count == 3, status >= 100, status != 101
        else { throw Refusal.malformed("a status line that is none, or not due") }
        if self.status != 0 {
            interim += 1
            guard interim <= limits.interim else { throw Refusal.tooLarge("more than \(limits.interim) interim answers") }
        }
        let (bytes, interim) = (bytes, interim)
        self = AnswerHead(limits)
        (self.bytes, self.interim, self.status) = (bytes, interim, status)
        self.isFramed = !parts[0].starts(with: "HTTP/1".utf8)
    }

    private mutating func field(_ line: UnsafeRawBufferPointer.SubSequence) throws(Refusal) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            !line[..<colon].contains(where: { $0 <= 0x20 || $0 == 0x7F })
        else { throw Refusal.malformed("a header line without a name, or a folded one") }
        let value = line[line.index(after: colon)...].trimmingSpace()
        switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
        case "content-length": try takeLength(value)
        case "transfer-encoding": try takeTransferEncoding(value)
        case "content-encoding": try takeContentEncoding(value)
        case "location":
            guard location == nil || location == Array(value) else { throw Refusal.malformed("two different Location lines") }
            location = Array(value)
        default: break
        }
        guard length == nil || !isChunked else { throw Refusal.malformed("both a length and chunks") }
    }

    private mutating func takeLength(_ value: UnsafeRawBufferPointer.SubSequence) throws(Refusal) {
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let number = Self.number(part.trimmingSpace()) else {
                throw Refusal.malformed("a Content-Length that is no number")
            }
            guard length == nil || length == number else { throw Refusal.malformed("two different Content-Lengths") }
            length = number
        }
    }

    private mutating func takeTransferEncoding(_ value: UnsafeRawBufferPointer.SubSequence) throws(Refusal) {
        guard !isChunked, String(decoding: value, as: UTF8.self).lowercased() == "chunked" else {
            throw Refusal.malformed("a Transfer-Encoding other than chunked")
        }
        isChunked = true
    }

    private mutating func takeContentEncoding(_ value: UnsafeRawBufferPointer.SubSequence) throws(Refusal) {
        for part in value.split(separator: UInt8(ascii: ",")) {
            let coding = String(decoding: part.trimmingSpace(), as: UTF8.self).lowercased()
            if coding == "identity" || coding.isEmpty { continue }
            guard limits.takesGzip, coding == "gzip" || coding == "x-gzip" else {
                throw Refusal.malformed("a body in the coding \(ForeignText.cleaned(coding)), which was not asked for")
            }
            guard !isCoded else { throw Refusal.malformed("a body that is coded more than once") }
            isCoded = true
        }
    }

    /// Digits alone, of what fits.
    private static func number(_ digits: UnsafeRawBufferPointer.SubSequence) -> Int? {
        guard !digits.isEmpty, digits.count <= 18, digits.allSatisfy(isDigit) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}

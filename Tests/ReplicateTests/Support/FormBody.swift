// A form as it went over the wire, taken apart byte by byte.

@testable import Replicate

struct FormBody {
    struct Part {
        /// With its line ends, without the empty line.
        let head: String
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var lines: [String] { head.components(separatedBy: "\r\n").filter { !$0.isEmpty } }

        func header(_ name: String) -> String? {
            lines.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    let boundary: String
    let parts: [Part]

    /// Nil if it is not a form, or not whole.
    init?(_ request: LoopbackServer.Request) {
        let mark = "Content-Type: multipart/form-data; boundary="
        let types = request.head.components(separatedBy: "\r\n").filter { $0.lowercased().hasPrefix("content-type:") }
        guard types.count == 1, types[0].hasPrefix(mark) else { return nil }
        boundary = String(types[0].dropFirst(mark.count))
        let pieces = Self.split(Array("\r\n".utf8) + request.body, at: Array("\r\n--\(boundary)".utf8))
        guard pieces.count >= 2, pieces[0].isEmpty, pieces[pieces.count - 1].elementsEqual("--\r\n".utf8) else { return nil }
        var parts: [Part] = []
        for piece in pieces.dropFirst().dropLast() {
            let halves = Self.split(Array(piece), at: Array("\r\n\r\n".utf8), most: 2)
            guard piece.starts(with: "\r\n".utf8), halves.count == 2 else { return nil }
            parts.append(Part(head: String(decoding: halves[0].dropFirst(2), as: UTF8.self), body: Array(halves[1])))
        }
        self.parts = parts
    }

    subscript(name: String) -> Part? {
        parts.first { $0.header("Content-Disposition")?.hasPrefix("form-data; name=\"\(name)\"") == true }
    }

    private static func split(_ bytes: [UInt8], at mark: [UInt8], most: Int = .max) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index + mark.count <= bytes.count, pieces.count < most - 1 {
            if bytes[index] == mark[0], bytes[index + 1] == mark[1], bytes[index..<(index + mark.count)].elementsEqual(mark) {
                pieces.append(bytes[start..<index])
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces + [bytes[start...]]
    }
}

extension String {
    /// Foundation's, which the tests do without.
    func components(separatedBy mark: String) -> [String] {
        split(separator: mark, omittingEmptySubsequences: false).map(String.init)
    }
}

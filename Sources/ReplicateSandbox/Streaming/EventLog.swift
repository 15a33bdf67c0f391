// The events of one prediction's stream in their order. Each is kept once, as the plain text that it carries; the stream
// and the prediction's JSON are both written from here.

import Replicate

struct EventLog: Sendable {
    enum Kind: UInt8, Sendable {
        /// `output` is text; `file` is the name of an output file, whose URL the stream tells.
        case output, file, logs, error, done

        var name: StaticString {
            switch self {
            case .output, .file: "output"
            case .logs: "logs"
            case .error: "error"
            case .done: "done"
            }
        }
    }

    // One buffer for all: a million small events cost a million numbers and no allocation each.
    private var text: [UInt8] = []
    private var kinds: [Kind] = []
    private var ends: [Int] = []

    var count: Int { kinds.count }
    var isComplete: Bool { kinds.last == .done }

    /// Roughly what it holds in memory.
    var weight: Int { text.count + count * (MemoryLayout<Kind>.stride + MemoryLayout<Int>.stride) }

    mutating func add(_ kind: Kind, _ text: some Sequence<UInt8>) {
        self.text += text
        kinds.append(kind)
        ends.append(self.text.count)
    }

    func kind(at index: Int) -> Kind { kinds[index] }

    func text(at index: Int) -> ArraySlice<UInt8> { text[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

    /// The texts of all `output` events, each as a JSON string, with commas between them.
    func outputs() -> [UInt8] {
        var list: [UInt8] = []
        list.reserveCapacity(text.count + 3 * count)
        for index in kinds.indices where kinds[index] == .output {
            if !list.isEmpty { list.append(UInt8(ascii: ",")) }
            let text = text(at: index)
            if text.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
                list.append(UInt8(ascii: "\""))
                list += text
                list.append(UInt8(ascii: "\""))
            } else {
                list += JSONString.quoted(String(decoding: text, as: UTF8.self))
            }
        }
        return list
    }
}

extension [UInt8] {
    /// Adds one event as a stream has it. A reader puts line feeds where lines of data end, so the text's own line ends,
    /// which would otherwise end the field, become lines of data.
    mutating func add(event: StaticString, id: String, data: some Sequence<UInt8>) {
        self += "event: ".utf8
        event.withUTF8Buffer { self += $0 }
        self += "\nid: ".utf8
        self += id.utf8
        self += "\ndata: ".utf8
        var isAfterReturn = false
        for byte in data {
            switch byte {
            case UInt8(ascii: "\n") where isAfterReturn: break
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): self += "\ndata: ".utf8
            default: append(byte)
            }
            isAfterReturn = byte == UInt8(ascii: "\r")
        }
        self += "\n\n".utf8
    }
}

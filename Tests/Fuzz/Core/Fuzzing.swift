// What every target shares: the entry that libFuzzer calls, the demand that is made of a result, and an input's parts.
//
// One program holds all targets; the environment's FUZZ_TARGET says which one runs.

import Glibc

struct Target: Sendable {
    let name: String
    let run: @Sendable (UnsafeRawBufferPointer) -> Void

    static let all: [Target] = streamTargets + jsonTargets + fileTargets + answerTargets + callerTargets

    static let chosen: Target? = getenv("FUZZ_TARGET").flatMap { named(String(cString: $0)) }

    static func named(_ name: String) -> Target? { all.first { $0.name == name } }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    guard let target = Target.chosen else {
        say("FUZZ_TARGET is none of: \(Target.all.map(\.name).joined(separator: " "))")
        exit(2)
    }
    target.run(UnsafeRawBufferPointer(start: data, count: size))
    return 0
}

/// On standard error, at once.
func say(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = write(2, line, line.count)
}

/// Ends the program where it does not hold: libFuzzer keeps the input.
func demand(_ holds: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line) {
    if holds { return }
    say("\(file):\(line): demanded: \(what())")
    abort()
}

extension UnsafeRawBufferPointer {
    /// Up to so many lines, the last of which is all that is left; always that many.
    func fields(_ count: Int) -> [[UInt8]] {
        var fields = split(separator: UInt8(ascii: "\n"), maxSplits: count - 1, omittingEmptySubsequences: false).map {
            Array($0)
        }
        while fields.count < count { fields.append([]) }
        return fields
    }

    /// A number that is the same for the same input, to choose by: the input itself stays what a seed shows.
    var hash: UInt64 { reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }

    /// The part, in memory of its own size: what reads past its end is seen by AddressSanitizer.
    func withCopy<Result>(of range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 1)
        defer { copy.deallocate() }
        copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: self[range]))
        return body(UnsafeRawBufferPointer(copy))
    }
}

extension [UInt8] {
    /// What is no UTF-8 becomes U+FFFD, as where C's text is not checked to be UTF-8 already.
    var text: String { String(decoding: self, as: UTF8.self) }
}

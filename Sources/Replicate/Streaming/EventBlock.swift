// The fields of an event while its lines come in: what one line says, and the event that a blank line makes of them.

import Glibc

struct EventBlock {
    /// The id has to fit in a request's header when the stream is resumed.
    static let longestID = 8 << 10
    /// 24 days; a longer `retry` is cut to this.
    static let longestRetry = Int(Int32.max)
    /// A buffer that has grown past this for one event is not kept for the next.
    static let keptCapacity = 64 << 10

    private var type: [UInt8] = []
    /// False: the type is a past event's. Most events have the type of the one before.
    private var hasType = false
    private var data: [UInt8] = []
    private var hasData = false
    private var nextID: [UInt8] = []
    private var hasNextID = false
    private var idIsOwn = false

    /// As of the last blank line, as the standard has it: an id in a block without data counts too.
    private(set) var lastEventID: [UInt8] = []
    private(set) var retryMilliseconds: Int?

    /// What of an event has been collected.
    var byteCount: Int { (hasType ? type.count : 0) + data.count }
    var isEmpty: Bool { !hasType && !hasData }

    mutating func take(_ line: UnsafeRawBufferPointer) throws(EventParser.Failure) {
        let colon = LineEnds.position(of: UInt8(ascii: ":"), in: line)
        var valueStart = min(colon + 1, line.count)
        if valueStart < line.count, line[valueStart] == UInt8(ascii: " ") { valueStart += 1 }
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        let value = UnsafeRawBufferPointer(rebasing: line[valueStart...])
        // A comment has no name at all; it is ignored, like any field that the standard does not know.
        if name.says("data") {
            if hasData { data.append(LineEnds.lineFeed) }
            hasData = true
            UTF8Repair.append(value, to: &data)
        } else if name.says("id") {
            try takeID(value)
        } else if name.says("event") {
            takeType(value)
        } else if name.says("retry") {
            takeRetry(value)
        }
    }

    /// A blank line. Fields without data make no event, except that `done` needs none: the service sends it alone, and a
    /// stream whose end was dropped would look cut short. False when the batch is full.
    mutating func end(into batch: inout EventBatch) -> Bool {
        if hasNextID {
            swap(&lastEventID, &nextID)
            hasNextID = false
            idIsOwn = true
        }
        guard hasData || (hasType && Self.isDone(type)) else {
            clear()
            return true
        }
        let fitted = type.withUnsafeBytes { type in
            data.withUnsafeBytes { data in
                lastEventID.withUnsafeBytes { id in
                    Self.message.withUTF8Buffer { message in
                        batch.append(
                            event: hasType ? type : UnsafeRawBufferPointer(message), data: data, id: id,
                            hasOwnID: idIsOwn)
                    }
                }
            }
        }
        idIsOwn = false
        clear()
        return fitted
    }

    /// What was collected is dropped, and a later id is the successor of this one.
    mutating func restart(lastEventID id: [UInt8]) {
        clear()
        hasNextID = false
        idIsOwn = false
        lastEventID = id
    }

    /// The type of the last event of a stream.
    static func isDone(_ type: some Collection<UInt8>) -> Bool { type.count == 4 && type.elementsEqual("done".utf8) }

    private static let message: StaticString = "message"

    private mutating func clear() {
        hasType = false
        if type.capacity > Self.keptCapacity { type = [] }
        if !data.isEmpty { data.removeAll(keepingCapacity: data.capacity <= Self.keptCapacity) }
        hasData = false
    }

    private mutating func takeType(_ value: UnsafeRawBufferPointer) {
        // An empty type is no type.
        hasType = !value.isEmpty
        if !hasType || type.withUnsafeBytes({ value.isSame(as: $0) }) { return }
        type.removeAll(keepingCapacity: true)
        UTF8Repair.append(value, to: &type)
    }

    private mutating func takeID(_ value: UnsafeRawBufferPointer) throws(EventParser.Failure) {
        if LineEnds.position(of: 0, in: value) < value.count { return }
        guard value.count <= Self.longestID else { throw .idTooLong(limit: Self.longestID) }
        nextID.removeAll(keepingCapacity: true)
        UTF8Repair.append(value, to: &nextID)
        hasNextID = true
    }

    private mutating func takeRetry(_ value: UnsafeRawBufferPointer) {
        guard !value.isEmpty, value.allSatisfy(isDigit) else { return }
        retryMilliseconds = value.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), Self.longestRetry) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func says(_ name: StaticString) -> Bool {
        name.withUTF8Buffer { isSame(as: UnsafeRawBufferPointer($0)) }
    }

    func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let base = baseAddress, let otherBase = other.baseAddress else { return true }
        return memcmp(base, otherBase, count) == 0
    }
}

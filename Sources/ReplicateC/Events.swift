// replicate_event_*: what became of a request, and the values inside it.

import CReplicate
import Replicate
import Synchronization

final class EventHandle: Sendable {
    enum Kind: Int32, Sendable {
        case updated = 1, done, failed, request, response, stream, upload, chunk, retry

        var isLast: Bool { self == .done || self == .failed }
        /// Of what comes in pieces, for whose reader the transfer waits.
        var isPiece: Bool { self == .stream || self == .chunk }
        var isExchange: Bool { self == .request || self == .response || self == .retry }
    }

    enum Content: Sendable {
        case reply(Reply)
        case error(ReplicateError)
        case batch(EventBatch)
        case bytes([UInt8])
    }

    let kind: Kind
    let request: RequestHandle
    /// Changes only while the event is in the queue, under its lock.
    private nonisolated(unsafe) var content: Content
    private let lent = Mutex(Lent())

    /// What C has been shown, by pointer; it stays until the event is freed.
    private struct Lent {
        // By the pointer's bytes: String takes two spellings of an accented letter for one.
        var values: [[UInt8]: CText] = [:]
        var strings: [[UInt8]: CText] = [:]
        var headers: CText?
        var bytes: CText?
        var batch: CText?
        var elements: (pointer: String, elements: [JSON])?
        var error: OpaquePointer?
    }

    init(_ kind: Kind, _ request: RequestHandle, _ content: Content) {
        self.kind = kind
        self.request = request
        self.content = content
    }

    deinit {
        if let error = lent.withLock({ $0.error }) { _ = Handles.errors.remove(error) }
    }

    var error: OpaquePointer? {
        guard case .error(let error) = content else { return nil }
        return lent.withLock { lent in
            if lent.error == nil { lent.error = Handles.errors.insert(ErrorHandle(error)) }
            return lent.error ?? Handles.errors.reservedTicket(0)
        }
    }

    var reply: Reply? {
        if case .reply(let reply) = content { reply } else { nil }
    }

    var batch: EventBatch? {
        if case .batch(let batch) = content { batch } else { nil }
    }

    /// Of an event that is a piece, what it has gathered.
    var pieceBytes: Int {
        switch content {
        case .batch(let batch): batch.byteCount
        case .bytes(let bytes): bytes.count
        case .reply, .error: 0
        }
    }

    /// The texts of the batch, at an address that stays.
    var batchText: CText? {
        guard let batch else { return nil }
        return lent.withLock { lent in
            let text = lent.batch ?? batch.withUnsafeBytes { CText($0) }
            lent.batch = text
            return text
        }
    }

    /// Takes a later piece over; false if there is no room.
    func take(_ later: EventHandle) -> Bool {
        if case .bytes(var mine) = content, case .bytes(let more) = later.content {
            content = .error(ReplicateError(.internal, ""))  // As below.
            mine += more
            content = .bytes(mine)
            return true
        }
        guard case .batch(var mine) = content, case .batch(let more) = later.content else { return false }
        content = .error(ReplicateError(.internal, ""))  // So that the batch is not copied.
        defer { content = .batch(mine) }
        return mine.append(contentsOf: more)
    }

    var headers: CText? {
        lent.withLock { lent in
            if lent.headers == nil { lent.headers = reply?.headers.map { CText($0.bytes) } }
            return lent.headers
        }
    }

    var bytes: CText? {
        lent.withLock { lent in
            if lent.bytes == nil {
                if case .bytes(let chunk) = content {
                    lent.bytes = CText(chunk)
                } else {
                    lent.bytes = reply?.bytes.map { CText($0) }
                }
            }
            return lent.bytes
        }
    }

    /// Of "/results/12/id" the array "/results" is taken apart once, so that going through it is linear.
    func json(_ pointer: String) -> JSON? {
        guard let json = reply?.json else { return nil }
        var end = pointer.utf8.startIndex
        while let slash = pointer.utf8[end...].dropFirst().firstIndex(of: UInt8(ascii: "/")) {
            end = slash
            let digits = pointer.utf8[pointer.utf8.index(after: slash)...].prefix { $0 != UInt8(ascii: "/") }
            guard let index = Int(Substring(digits)), digits.allSatisfy({ (0x30...0x39).contains($0) }),
                digits.count == 1 || digits.first != 0x30
            else { continue }
            guard let elements = elements(of: String(pointer[..<slash]), in: json) else { break }
            guard index < elements.count else { return nil }
            return elements[index][pointer: String(pointer[digits.endIndex...])]
        }
        return json[pointer: pointer]
    }

    /// Nil where there is no array.
    private func elements(of pointer: String, in json: JSON) -> [JSON]? {
        lent.withLock { lent in
            if let (known, elements) = lent.elements, known == pointer { return elements }
            guard let array = json[pointer: pointer], array.kind == .array else { return nil }
            let elements = array.elements
            lent.elements = (pointer, elements)
            return elements
        }
    }

    private func lend(
        _ shelf: any WritableKeyPath<Lent, [[UInt8]: CText]> & Sendable, _ pointer: String, _ make: (JSON) -> CText?
    ) -> CText? {
        let key = Array(pointer.utf8)
        if let text = lent.withLock({ $0[keyPath: shelf][key] }) { return text }
        guard let text = json(pointer).flatMap(make) else { return nil }
        // Another thread may have been quicker; what it was given has to stay.
        return lent.withLock { lent in
            if let earlier = lent[keyPath: shelf][key] { return earlier }
            lent[keyPath: shelf][key] = text
            return text
        }
    }

    func value(_ pointer: String) -> CText? {
        lend(\.values, pointer) { CText($0.bytes) }
    }

    func string(_ pointer: String) -> CText? {
        lend(\.strings, pointer) { $0.string.map { CText($0) } }
    }
}

/// Gives an event to C; back to the queue with it if there is no handle left.
func hand(_ event: EventHandle, to place: UnsafeMutablePointer<OpaquePointer?>) throws(ReplicateError) {
    do throws(ReplicateError) {
        try give(event, Handles.events, place)
    } catch {
        event.request.queue.putBack(event)
        throw error
    }
}

private func handle(_ event: OpaquePointer?) -> EventHandle? { Handles.events.object(event) }

/// The value at a pointer that C gave; nil for a wrong handle, pointer or place.
private func value(_ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?) -> JSON? {
    guard let pointer, let path = String(validatingCString: pointer) else { return nil }
    return handle(event)?.json(path)
}

@_cdecl("replicate_event_kind") @implementation
public func replicate_event_kind(_ event: OpaquePointer?) -> Int32 { handle(event)?.kind.rawValue ?? 0 }

@_cdecl("replicate_event_user_data") @implementation
public func replicate_event_user_data(_ event: OpaquePointer?) -> UnsafeMutableRawPointer? {
    handle(event).flatMap { UnsafeMutableRawPointer(bitPattern: $0.request.userData) }
}

@_cdecl("replicate_event_is_of") @implementation
public func replicate_event_is_of(_ event: OpaquePointer?, _ request: OpaquePointer?) -> Int32 {
    guard let event = handle(event), let request = Handles.requests.object(request) else { return 0 }
    return event.request === request ? 1 : 0
}

@_cdecl("replicate_event_error") @implementation
public func replicate_event_error(_ event: OpaquePointer?) -> OpaquePointer? { handle(event)?.error }

@_cdecl("replicate_event_json") @implementation
public func replicate_event_json(_ event: OpaquePointer?, _ length: UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>? {
    lend(handle(event)?.value(""), length)
}

@_cdecl("replicate_event_status") @implementation
public func replicate_event_status(_ event: OpaquePointer?) -> Int32 {
    Int32(clamping: handle(event)?.reply?.status ?? 0)
}

@_cdecl("replicate_event_headers") @implementation
public func replicate_event_headers(_ event: OpaquePointer?, _ length: UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>? {
    lend(handle(event)?.headers, length)
}

@_cdecl("replicate_event_type") @implementation
public func replicate_event_type(_ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?) -> Int32 {
    switch value(event, pointer)?.kind {
    case nil: REPLICATE_JSON_NONE
    case .null: REPLICATE_JSON_NULL
    case .boolean: REPLICATE_JSON_BOOLEAN
    case .number: REPLICATE_JSON_NUMBER
    case .string: REPLICATE_JSON_STRING
    case .array: REPLICATE_JSON_ARRAY
    case .object: REPLICATE_JSON_OBJECT
    }
}

@_cdecl("replicate_event_string") @implementation
public func replicate_event_string(
    _ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?, _ length: UnsafeMutablePointer<Int>?
)
    -> UnsafePointer<CChar>?
{
    guard let pointer, let path = String(validatingCString: pointer) else { return lend(nil, length) }
    return lend(handle(event)?.string(path), length)
}

@_cdecl("replicate_event_value") @implementation
public func replicate_event_value(_ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?, _ length: UnsafeMutablePointer<Int>?)
    -> UnsafePointer<CChar>?
{
    guard let pointer, let path = String(validatingCString: pointer) else { return lend(nil, length) }
    return lend(handle(event)?.value(path), length)
}

@_cdecl("replicate_event_integer") @implementation
public func replicate_event_integer(
    _ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?, _ value: UnsafeMutablePointer<Int64>?
)
    -> Int32
{
    set(value, ReplicateC.value(event, pointer)?.integer)
}

@_cdecl("replicate_event_number") @implementation
public func replicate_event_number(
    _ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?, _ value: UnsafeMutablePointer<Double>?
)
    -> Int32
{
    set(value, ReplicateC.value(event, pointer)?.double)
}

@_cdecl("replicate_event_boolean") @implementation
public func replicate_event_boolean(
    _ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?, _ value: UnsafeMutablePointer<Int32>?
)
    -> Int32
{
    set(value, ReplicateC.value(event, pointer)?.boolean.map { $0 ? 1 : 0 })
}

private func set<Value>(_ place: UnsafeMutablePointer<Value>?, _ value: Value?) -> Int32 {
    guard let place, let value else { return 0 }
    place.pointee = value
    return 1
}

@_cdecl("replicate_event_count") @implementation
public func replicate_event_count(_ event: OpaquePointer?, _ pointer: UnsafePointer<CChar>?) -> Int {
    guard let value = value(event, pointer) else { return 0 }
    return value.kind == .object ? value.members.count : value.elements.count
}

@_cdecl("replicate_event_free") @implementation
public func replicate_event_free(_ event: OpaquePointer?) { _ = Handles.events.remove(event) }

extension Exchange {
    var kind: EventHandle.Kind {
        switch moment {
        case .request: .request
        case .response: .response
        case .retry: .retry
        }
    }
}

@_cdecl("replicate_event_stream_count") @implementation
public func replicate_event_stream_count(_ event: OpaquePointer?) -> Int { handle(event)?.batch?.count ?? 0 }

@_cdecl("replicate_event_stream_item") @implementation
public func replicate_event_stream_item(
    _ event: OpaquePointer?, _ index: Int, _ type: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
    _ data: UnsafeMutablePointer<UnsafePointer<CChar>?>?, _ length: UnsafeMutablePointer<Int>?,
    _ id: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> Int32 {
    guard let event = handle(event), let item = event.batch?[index], let text = event.batchText?.pointer else { return 0 }
    type?.pointee = text + item.event.lowerBound
    data?.pointee = text + item.data.lowerBound
    length?.pointee = item.data.count
    id?.pointee = text + item.id.lowerBound
    return 1
}

// What C hands in, checked before anything is done with it; and errors on their way out.

import CSystem
import Replicate

/// Runs the body of a function that can fail; what it throws becomes the returned error.
func failable(_ body: () throws(ReplicateError) -> Void) -> OpaquePointer? {
    do {
        try body()
        return nil
    } catch {
        if csystem_is_orphan() != 0 { return Handles.errors.reservedTicket(1) }
        return Handles.errors.insert(ErrorHandle(error)) ?? Handles.errors.reservedTicket(0)
    }
}

func wrong(_ argument: String, _ what: String) -> ReplicateError {
    ReplicateError(.invalidInput, "\(argument) \(what)")
}

/// Text that must be there.
func text(_ pointer: UnsafePointer<CChar>?, _ argument: String) throws(ReplicateError) -> String {
    guard let pointer else { throw wrong(argument, "is NULL") }
    guard let text = String(validatingCString: pointer) else { throw wrong(argument, "is not UTF-8") }
    return text
}

func optionalText(_ pointer: UnsafePointer<CChar>?, _ argument: String) throws(ReplicateError) -> String? {
    pointer == nil ? nil : try text(pointer, argument)
}

/// More than any request may hold; a greater length is a mistake, such as -1 in a size_t.
let longestText = 1 << 30

func bytes(_ pointer: UnsafePointer<CChar>?, _ length: Int, _ argument: String) throws(ReplicateError) -> [UInt8] {
    Array(try borrowed(pointer, length, argument))
}

/// The same where they are: for a function that is done with them when it returns.
func borrowed(_ pointer: UnsafePointer<CChar>?, _ length: Int, _ argument: String) throws(ReplicateError)
    -> UnsafeRawBufferPointer
{
    guard let pointer else { throw wrong(argument, "is NULL") }
    guard length >= 0, length <= longestText else {
        throw wrong(argument, "has a length of \(UInt(bitPattern: length)) bytes; at most \(longestText) are taken")
    }
    return UnsafeRawBufferPointer(start: pointer, count: length)
}

func json(_ pointer: UnsafePointer<CChar>?, _ length: Int, _ argument: String) throws(ReplicateError) -> JSON {
    let bytes = try bytes(pointer, length, argument)
    do throws(JSONError) {
        return try JSON(validating: bytes)
    } catch {
        throw wrong(argument, "is not JSON: \(error)")
    }
}

/// The object behind a handle that must be live.
func live<Object>(_ table: HandleTable<Object>, _ ticket: OpaquePointer?, _ argument: String) throws(ReplicateError) -> Object {
    if let object = table.object(ticket) { return object }
    throw wrong(argument, ticket == nil ? "is NULL" : "is not a live handle: it was freed, or it is of another type")
}

/// Hands an object out through a pointer to pointer.
func give<Object>(_ object: Object, _ table: HandleTable<Object>, _ out: UnsafeMutablePointer<OpaquePointer?>)
    throws(ReplicateError)
{
    guard let ticket = table.insert(object) else { throw ReplicateError(.internal, "too many handles are in use") }
    out.pointee = ticket
}

func place(_ out: UnsafeMutablePointer<OpaquePointer?>?, _ argument: String) throws(ReplicateError)
    -> UnsafeMutablePointer<OpaquePointer?>
{
    guard let out else { throw wrong(argument, "is NULL: there is no place for the result") }
    out.pointee = nil
    if csystem_is_orphan() != 0 { throw wrong(argument, "cannot be made in a forked process") }
    return out
}

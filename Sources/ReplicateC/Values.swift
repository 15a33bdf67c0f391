// replicate_json_value and replicate_progress: what is in a text that the caller has.

import CReplicate
import Replicate

@_cdecl("replicate_json_value") @implementation
public func replicate_json_value(
    _ json: UnsafePointer<CChar>?, _ length: Int, _ pointer: UnsafePointer<CChar>?, _ value_length: UnsafeMutablePointer<Int>?
) -> UnsafePointer<CChar>? {
    value_length?.pointee = 0
    guard let json, let path = pointer.flatMap({ String(validatingCString: $0) }), let bytes = try? bytes(json, length, "json"),
        let value = (try? JSON(validating: bytes))?[pointer: path]
    else { return nil }
    // The value is a part of the copy as it is a part of the caller's text.
    value_length?.pointee = value.bytes.count
    return json + value.bytes.startIndex
}

@_cdecl("replicate_progress") @implementation
public func replicate_progress(
    _ logs: UnsafePointer<CChar>?, _ length: Int, _ fraction: UnsafeMutablePointer<Double>?,
    _ current: UnsafeMutablePointer<Int64>?, _ total: UnsafeMutablePointer<Int64>?
) -> Int32 {
    guard let logs, length >= 0, length <= longestText,
        let progress = Progress(logs: UnsafeRawBufferPointer(start: logs, count: length))
    else { return 0 }
    fraction?.pointee = progress.fraction
    current?.pointee = progress.current
    total?.pointee = progress.total
    return 1
}

// replicate_error_*: accessors of errors. Each takes NULL and freed handles.

import CReplicate
import Replicate

final class ErrorHandle: Sendable {
    let error: ReplicateError
    let kind: CText
    let message: CText
    let text: CText
    let title: CText?
    let detail: CText?
    let delivery: CText?
    let code: CText?
    let invalidFields: CText?
    let prediction: CText?
    let tries: CText?

    init(_ error: ReplicateError) {
        self.error = error
        kind = CText(error.kind.rawValue)
        message = CText(error.message)
        text = CText(error.description)
        title = error.title.map { CText($0) }
        detail = error.detail.map { CText($0) }
        delivery = error.delivery.map { CText($0.rawValue) }
        code = error.code.map { CText($0) }
        invalidFields = error.invalidFields.map { CText($0.bytes) }
        prediction = error.prediction.map { CText($0.bytes) }
        tries = error.tries.map { CText($0.bytes) }
    }

    /// Kept ready for the moment when no handle is left: an error must never look like success.
    static var outOfHandles: ErrorHandle { ErrorHandle(ReplicateError(.internal, "too many handles are in use")) }

    static var orphaned: ErrorHandle {
        ErrorHandle(
            ReplicateError(
                .internal,
                "this process was forked while a client was alive: here the library does nothing (exec, or fork earlier)"))
    }
}

private func handle(_ error: OpaquePointer?) -> ErrorHandle? { Handles.errors.object(error) }

@_cdecl("replicate_error_kind") @implementation
public func replicate_error_kind(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { handle(error)?.kind.pointer }

@_cdecl("replicate_error_message") @implementation
public func replicate_error_message(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { handle(error)?.message.pointer }

@_cdecl("replicate_error_text") @implementation
public func replicate_error_text(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { handle(error)?.text.pointer }

@_cdecl("replicate_error_status") @implementation
public func replicate_error_status(_ error: OpaquePointer?) -> Int32 {
    Int32(clamping: handle(error)?.error.status ?? 0)
}

@_cdecl("replicate_error_title") @implementation
public func replicate_error_title(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { handle(error)?.title?.pointer }

@_cdecl("replicate_error_detail") @implementation
public func replicate_error_detail(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { handle(error)?.detail?.pointer }

@_cdecl("replicate_error_invalid_fields") @implementation
public func replicate_error_invalid_fields(_ error: OpaquePointer?, _ length: UnsafeMutablePointer<Int>?)
    -> UnsafePointer<CChar>?
{
    lend(handle(error)?.invalidFields, length)
}

@_cdecl("replicate_error_retry_after") @implementation
public func replicate_error_retry_after(_ error: OpaquePointer?) -> Double { handle(error)?.error.retryAfter ?? -1 }

@_cdecl("replicate_error_rate_limit_remaining") @implementation
public func replicate_error_rate_limit_remaining(_ error: OpaquePointer?) -> Int64 {
    handle(error)?.error.rateLimitRemaining.map { Int64($0) } ?? -1
}

@_cdecl("replicate_error_rate_limit_reset") @implementation
public func replicate_error_rate_limit_reset(_ error: OpaquePointer?) -> Double { handle(error)?.error.rateLimitReset ?? -1 }

@_cdecl("replicate_error_code") @implementation
public func replicate_error_code(_ error: OpaquePointer?) -> UnsafePointer<CChar>? { handle(error)?.code?.pointer }

@_cdecl("replicate_error_retryable") @implementation
public func replicate_error_retryable(_ error: OpaquePointer?) -> Int32 {
    handle(error)?.error.retryable == true ? 1 : 0
}

@_cdecl("replicate_error_delivery") @implementation
public func replicate_error_delivery(_ error: OpaquePointer?) -> UnsafePointer<CChar>? {
    handle(error)?.delivery?.pointer
}

@_cdecl("replicate_error_attempts") @implementation
public func replicate_error_attempts(_ error: OpaquePointer?) -> Int32 {
    Int32(clamping: handle(error)?.error.attempts ?? 0)
}

@_cdecl("replicate_error_tries") @implementation
public func replicate_error_tries(_ error: OpaquePointer?, _ length: UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>? {
    lend(handle(error)?.tries, length)
}

@_cdecl("replicate_error_prediction") @implementation
public func replicate_error_prediction(_ error: OpaquePointer?, _ length: UnsafeMutablePointer<Int>?)
    -> UnsafePointer<CChar>?
{
    lend(handle(error)?.prediction, length)
}

@_cdecl("replicate_error_free") @implementation
public func replicate_error_free(_ error: OpaquePointer?) {
    _ = Handles.errors.remove(error)
}

// replicate_request_*: one piece of work under way.

import CReplicate
import Replicate
import Synchronization

final class RequestHandle: @unchecked Sendable {  // Two members are under the queue's lock.
    private struct State {
        var task: Task<Void, Never>?
        var cancelRequested = false
        /// A create is under way that makes what a cancel is to cancel too.
        var isCreating = false
        var outcome: EventHandle.Kind?
    }

    let userData: UInt
    let queue: EventQueue
    /// Under the queue's lock.
    var lastEventTaken = false
    /// The snapshot that nobody has taken yet. Under the queue's lock.
    var waitingUpdate: Entry?
    private let state = Mutex(State())

    init(userData: UnsafeMutableRawPointer?, queue: EventQueue) {
        self.userData = UInt(bitPattern: userData)
        self.queue = queue
    }

    /// The task may be over, or already to be canceled, by the time it is known here.
    func attach(_ task: Task<Void, Never>) {
        let cancelNow = state.withLock { state in
            if state.outcome == nil || state.isCreating { state.task = task }
            return state.cancelRequested
        }
        if cancelNow { task.cancel() }
    }

    /// A caller's cancel in the middle of a create ends the request at once, but not the create: only its answer tells which
    /// prediction is to be canceled at the server.
    func cancel(byCaller: Bool) {
        let (task, endsNow) = state.withLock { state in
            if byCaller, state.outcome == nil { canceledByCaller.store(true, ordering: .relaxed) }
            state.cancelRequested = true
            return (state.task, byCaller && state.isCreating && state.outcome == nil)
        }
        task?.cancel()
        if endsNow {
            var error = ReplicateError(
                .canceled, "canceled before the create was answered; the prediction is canceled when it is known")
            error.delivery = .maybeSent
            finish(EventHandle(.failed, self, .error(error)))
        }
    }

    func beginCreate() { state.withLock { $0.isCreating = true } }

    /// The prediction is known.
    func created() { state.withLock { $0.isCreating = false } }

    let canceledByCaller = Atomic(false)

    /// The single place where a request ends; what comes after the first time is dropped.
    func finish(_ event: EventHandle) {
        let isFirst = state.withLock { state in
            let isFirst = state.outcome == nil
            if isFirst { state.outcome = event.kind }
            // In the middle of a create there is still something that closing the client must end.
            if !state.isCreating { state.task = nil }
            return isFirst
        }
        if isFirst { queue.push(event) }
    }

    var outcome: EventHandle.Kind? { state.withLock { $0.outcome } }
}

@_cdecl("replicate_request_cancel") @implementation
public func replicate_request_cancel(_ request: OpaquePointer?) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        try live(Handles.requests, request, "request").cancel(byCaller: true)
    }
}

@_cdecl("replicate_request_wait") @implementation
public func replicate_request_wait(
    _ request: OpaquePointer?, _ timeout_ms: Int32, _ event: UnsafeMutablePointer<OpaquePointer?>?
) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        let place = try place(event, "event")
        let request = try live(Handles.requests, request, "request")
        if let event = request.queue.last(of: request, timeout_ms) { try hand(event, to: place) }
    }
}

@_cdecl("replicate_request_state") @implementation
public func replicate_request_state(_ request: OpaquePointer?) -> Int32 {
    guard let request = Handles.requests.object(request) else { return -1 }
    return switch request.outcome {
    case nil, .updated, .request, .response: 0
    case .done: 1
    case .failed: 2
    }
}

@_cdecl("replicate_request_free") @implementation
public func replicate_request_free(_ request: OpaquePointer?) { _ = Handles.requests.remove(request) }

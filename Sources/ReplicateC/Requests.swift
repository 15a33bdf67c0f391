// replicate_request_*: one piece of work under way.

import CReplicate
import Replicate
import Synchronization

final class RequestHandle: @unchecked Sendable {  // Some members are under the queue's lock.
    private struct State {
        var begun: NetworkRunner.Begun?
        var cancelRequested = false
        /// A create is under way that makes what a cancel is to cancel too.
        var isCreating = false
        var outcome: EventHandle.Kind?
    }

    let userData: UInt
    let queue: EventQueue
    /// Under the queue's lock.
    var lastEventTaken = false
    /// Its last event was pushed: nothing comes after it.
    var isOver = false
    /// The snapshot, and the events of a stream, that nobody has taken yet. Under the queue's lock, as all down to `room`.
    var waitingUpdate: Entry?
    var waitingUpload: Entry?
    var waitingBatch: Entry?
    /// How many events of this request are in the queue.
    var entryCount = 0
    var isHeld = false
    /// So many wait for the last event alone; the others are dropped then.
    var waitersForLast = 0
    /// Called when a stream's reader has caught up.
    var room: (@Sendable () -> Void)?
    private let state = Mutex(State())

    init(userData: UnsafeMutableRawPointer?, queue: EventQueue) {
        self.userData = UInt(bitPattern: userData)
        self.queue = queue
    }

    /// The operation may be over, or already to be canceled, by the time it is known here.
    func attach(_ begun: NetworkRunner.Begun) {
        let cancelNow = state.withLock { state in
            if state.outcome == nil || state.isCreating { state.begun = begun }
            return state.cancelRequested
        }
        if cancelNow { begun.cancel() }
    }

    /// A caller's cancel in the middle of a create ends the request at once, but not the create: only its answer tells which
    /// prediction is to be canceled at the server.
    func cancel(byCaller: Bool) {
        let (begun, endsNow) = state.withLock { state in
            if byCaller, state.outcome == nil { canceledByCaller.store(true, ordering: .relaxed) }
            state.cancelRequested = true
            return (state.begun, byCaller && state.isCreating && state.outcome == nil)
        }
        begun?.cancel()
        if endsNow {
            var error = ReplicateError(
                .canceled, "canceled before the create was answered; the prediction is canceled when it is known")
            error.delivery = .maybeSent
            finish(EventHandle(.failed, self, .error(error)))
        }
    }

    /// Returns at once while the queue has room for a stream's events, else when it has again, or when the task is canceled.
    func waitForRoom() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let once = Once { continuation.resume() }
                if !queue.isFull(self, once.run) { once.run() }
                if Task.isCancelled { once.run() }
            }
        } onCancel: {
            queue.makeRoom(for: self)
        }
    }

    /// In the task of the create, which is canceled if a cancel came before it.
    func beginCreate() {
        let cancelNow = state.withLock { state in
            state.isCreating = !state.cancelRequested
            return state.cancelRequested
        }
        if cancelNow { withUnsafeCurrentTask(body: { $0?.cancel() }) }
    }

    /// The prediction is known.
    func created() { state.withLock { $0.isCreating = false } }

    let canceledByCaller = Atomic(false)

    /// The single place where a request ends; what comes after the first time is dropped.
    func finish(_ event: EventHandle) {
        let isFirst = state.withLock { state in
            let isFirst = state.outcome == nil
            if isFirst { state.outcome = event.kind }
            // In the middle of a create there is still something that closing the client must end.
            if !state.isCreating { state.begun = nil }
            return isFirst
        }
        if isFirst { queue.push(event) }
    }

    var outcome: EventHandle.Kind? { state.withLock { $0.outcome } }
}

/// Runs what it was given the first time, from whatever thread.
private final class Once: Sendable {
    private let body: Mutex<(@Sendable () -> Void)?>

    init(_ body: @escaping @Sendable () -> Void) { self.body = Mutex(body) }

    func run() {
        let body = body.withLock { body in
            defer { body = nil }
            return body
        }
        body?()
    }
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
    case nil, .updated, .request, .response, .retry, .stream, .upload, .chunk: 0
    case .done: 1
    case .failed: 2
    }
}

@_cdecl("replicate_request_free") @implementation
public func replicate_request_free(_ request: OpaquePointer?) {
    guard let request = Handles.requests.remove(request) else { return }
    // Nobody could end the hold any more, and a poll that waits for its last event would wait for ever.
    request.queue.hold(request, false)
}

@_cdecl("replicate_request_hold") @implementation
public func replicate_request_hold(_ request: OpaquePointer?, _ hold: Int32) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        let request = try live(Handles.requests, request, "request")
        request.queue.hold(request, hold != 0)
    }
}

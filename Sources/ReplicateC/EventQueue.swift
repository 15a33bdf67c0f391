// Where the network thread leaves events and the caller's threads take them. It is bounded: a request has at most one
// snapshot here, its latest, one word of how far its files are, one batch of a stream's events or of a file's bytes, which grows
// up to a limit, and its last event; and of what an observer is told, the queue holds so many and no more.

import CSystem
import Glibc
import Replicate
import Synchronization

/// A place in the queue; empty once its event was taken out of its turn.
final class Entry {
    var event: EventHandle?
    init(_ event: EventHandle) { self.event = event }
}

/// All state is behind `mutex`. pthread's own, because a caller's thread must be able to wait here with a timeout.
final class EventQueue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var entries: [Entry] = []
    private var first = 0
    /// Of the entries, those with an event.
    private var filled = 0
    private var waiting = 0
    private var exchanges = 0
    private var pendingRequests = 0
    private var sleepers = 0
    private var woken = false
    private var discarding = false
    private var descriptor: Int32 = -1

    static let mostExchanges = 1000
    private var signaled = false
    /// For a poll in every frame, which mostly finds nothing: as the last one who had the lock left it.
    private let hasNews = Atomic(false)

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Of readers that may go on. Called without the lock: they take locks of the runtime, under which a cancel comes here.
    private var freed: [@Sendable () -> Void] = []

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        let result = body()
        let freed = freed
        if !freed.isEmpty { self.freed = [] }
        hasNews.store(waiting > 0 || woken, ordering: .releasing)
        pthread_mutex_unlock(mutex)
        for room in freed { room() }
        return result
    }

    // MARK: The network's side

    func requestStarted() { locked { pendingRequests += 1 } }
    func requestRefused() {
        locked {
            pendingRequests -= 1
            pthread_cond_broadcast(condition)  // Who waits for it as the last one waits for nothing.
        }
    }

    /// A snapshot replaces the one of the same request that nobody has taken yet.
    func push(_ event: EventHandle) {
        let wake = locked {
            // A create that outlives its cancel still has its answer to tell, to nobody.
            if discarding || event.request.isOver { return false }
            if event.kind.isLast { event.request.isOver = true }
            if event.kind == .updated || event.kind == .upload,
                let waiting = event.kind == .updated ? event.request.waitingUpdate : event.request.waitingUpload
            {
                waiting.event = event
                return false
            }
            if event.request.waitersForLast > 0, !event.kind.isLast { return false }
            if event.kind.isExchange {
                guard exchanges < Self.mostExchanges else { return false }
                exchanges += 1
            }
            if event.kind.isPiece, let waiting = event.request.waitingBatch?.event, waiting.take(event) { return false }
            let entry = Entry(event)
            if event.kind == .updated { event.request.waitingUpdate = entry }
            if event.kind == .upload { event.request.waitingUpload = entry }
            if event.kind.isPiece { event.request.waitingBatch = entry }
            entries.append(entry)
            filled += 1
            event.request.entryCount += 1
            if event.request.isHeld { return event.request.waitersForLast > 0 && sleepers > 0 }
            waiting += 1
            signal()
            return sleepers > 0
        }
        // Outside the lock, or those who wake up would only wait for it.
        if wake { pthread_cond_broadcast(condition) }
    }

    /// Whether a stream's reader is behind: then `room` will be told of when it has caught up, or when nobody reads on.
    func isFull(_ request: RequestHandle, _ room: @escaping @Sendable () -> Void) -> Bool {
        locked {
            guard !discarding, let batch = request.waitingBatch?.event, batch.pieceBytes >= Self.largestBatch else {
                return false
            }
            request.room = room
            return true
        }
    }

    /// The one who waits is canceled.
    func makeRoom(for request: RequestHandle) { locked { makeRoom(request) } }

    static let largestBatch = 1 << 20

    // MARK: The callers' side

    /// A request that is held back keeps its events: `next` passes over them, and the descriptor does not tell of them.
    func hold(_ request: RequestHandle, _ isHeld: Bool) {
        locked {
            guard request.isHeld != isHeld else { return }
            request.isHeld = isHeld
            waiting += isHeld ? -request.entryCount : request.entryCount
            if waiting == 0, !woken { calm() }
            if waiting > 0 {
                signal()
                pthread_cond_broadcast(condition)
            }
        }
    }

    /// An event that could not be handed out comes next again.
    func putBack(_ event: EventHandle) {
        locked {
            let entry = Entry(event)
            entries.insert(entry, at: first)
            filled += 1
            event.request.entryCount += 1
            if event.kind.isPiece, event.request.waitingBatch == nil { event.request.waitingBatch = entry }
            if !event.request.isHeld { waiting += 1 }
            if event.kind == .updated {
                event.request.waitingUpdate = entry
            } else if event.kind == .upload {
                event.request.waitingUpload = entry
            } else if event.kind.isExchange {
                exchanges += 1
            } else if event.kind.isLast {
                pendingRequests += 1
                event.request.lastEventTaken = false
            }
            signal()
        }
    }

    var pending: Int { locked { pendingRequests } }

    func next(_ milliseconds: Int32) -> EventHandle? {
        if milliseconds == 0, !hasNews.load(ordering: .acquiring) { return nil }
        return take(milliseconds, isWorthWaiting: { pendingRequests > 0 }) { _ in true }
    }

    /// The last event of one request, out of its turn. What else of the request is here goes with it: nothing of a request
    /// comes after its last event.
    func last(of request: RequestHandle, _ milliseconds: Int32) -> EventHandle? {
        locked {
            request.waitersForLast += 1
            while removeFirst(where: { $0.request === request && !$0.kind.isLast }, evenIfHeld: true) != nil {}
        }
        defer { locked { request.waitersForLast -= 1 } }
        return take(milliseconds, isWorthWaiting: { !request.lastEventTaken }, evenIfHeld: true) { event in
            event.kind.isLast && event.request === request
        }
    }

    func wakeup() {
        locked {
            woken = true
            signal()
            pthread_cond_broadcast(condition)
        }
    }

    /// Drops what is here and what still comes.
    func discard() {
        locked {
            discarding = true
            // A request and its waiting snapshot hold each other.
            for entry in entries {
                guard let request = entry.event?.request else { continue }
                (request.waitingUpdate, request.waitingUpload, request.waitingBatch) = (nil, nil, nil)
                request.entryCount = 0
                makeRoom(request)
            }
            entries = []
            (first, filled) = (0, 0)
            waiting = 0
            exchanges = 0
            pendingRequests = 0
            woken = true
            signal()
            pthread_cond_broadcast(condition)
        }
    }

    /// An eventfd, made when it is first asked for, so that programs that never do pay no system calls; -1 and errno.
    func fileDescriptor() -> Int32 {
        locked {
            if descriptor < 0 {
                descriptor = csystem_event_new()
                signaled = false
                if waiting > 0 || woken { signal() }
            }
            return descriptor
        }
    }

    private func take(
        _ milliseconds: Int32, isWorthWaiting: () -> Bool, evenIfHeld: Bool = false, where matches: (EventHandle) -> Bool
    ) -> EventHandle? {
        locked {
            var deadline: timespec?
            while true {
                if waiting > 0 || evenIfHeld, let event = removeFirst(where: matches, evenIfHeld: evenIfHeld) { return event }
                if woken {
                    woken = false
                    calm()
                    return nil
                }
                guard milliseconds != 0, isWorthWaiting(), !discarding else { return nil }
                sleepers += 1
                defer { sleepers -= 1 }
                if milliseconds < 0 {
                    pthread_cond_wait(condition, mutex)
                } else {
                    var end = deadline ?? Self.monotonic(plus: milliseconds)
                    deadline = end
                    if pthread_cond_timedwait(condition, mutex, &end) == ETIMEDOUT {
                        return waiting > 0 || evenIfHeld ? removeFirst(where: matches, evenIfHeld: evenIfHeld) : nil
                    }
                }
            }
        }
    }

    private func removeFirst(where matches: (EventHandle) -> Bool, evenIfHeld: Bool = false) -> EventHandle? {
        var index = first
        while index < entries.count {
            if let event = entries[index].event, evenIfHeld || !event.request.isHeld, matches(event) {
                entries[index].event = nil
                filled -= 1
                event.request.entryCount -= 1
                if !event.request.isHeld { waiting -= 1 }
                if event.kind == .updated {
                    event.request.waitingUpdate = nil
                } else if event.kind == .upload {
                    event.request.waitingUpload = nil
                } else if event.kind.isPiece {
                    event.request.waitingBatch = nil
                    makeRoom(event.request)
                } else if event.kind.isExchange {
                    exchanges -= 1
                } else {
                    pendingRequests -= 1
                    event.request.lastEventTaken = true
                }
                compact()
                if waiting == 0, !woken { calm() }
                return event
            }
            index += 1
        }
        return nil
    }

    private func makeRoom(_ request: RequestHandle) {
        if let room = request.room { freed.append(room) }
        request.room = nil
    }

    private func compact() {
        while first < entries.count, entries[first].event == nil { first += 1 }
        if first == entries.count {
            entries.removeAll(keepingCapacity: entries.count <= 1024)
            first = 0
        } else if first > 1024, first * 2 > entries.count {
            entries.removeFirst(first)
            first = 0
        } else if case let holes = entries.count - first - filled, holes > 64, holes > filled {
            // Behind an event of a request that is held back: each poll would pass over all that was taken since.
            entries.removeAll { $0.event == nil }
            first = 0
        }
    }

    /// Makes the descriptor readable; one write for each time it was calm.
    private func signal() {
        // Before the descriptor tells of it: who is told takes no lock to find nothing.
        hasNews.store(true, ordering: .releasing)
        guard descriptor >= 0, !signaled else { return }
        csystem_event_raise(descriptor)
        signaled = true
    }

    private func calm() {
        guard descriptor >= 0, signaled else { return }
        csystem_event_clear(descriptor)
        signaled = false
    }

    private static func monotonic(plus milliseconds: Int32) -> timespec {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        time.tv_sec += Int(milliseconds / 1000)
        time.tv_nsec += Int(milliseconds % 1000) * 1_000_000
        if time.tv_nsec >= 1_000_000_000 {
            time.tv_sec += 1
            time.tv_nsec -= 1_000_000_000
        }
        return time
    }
}

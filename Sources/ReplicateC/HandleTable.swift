// What C holds is not an address but a ticket: a slot and how often that slot was used. A stale or invented ticket is
// found out by looking it up, where a stale address would be a crash. In a child that was forked while a client ran nothing is
// found: a thread that the child does not have may hold any lock.

import CSystem
import Synchronization

final class HandleTable<Object: AnyObject & Sendable>: Sendable {
    private struct Slot {
        var object: Object?
        var generation: UInt = 1
    }

    private struct Slots {
        var all: [Slot] = []
        var free: [Int] = []
    }

    // 4 bits of type, 22 of index, 20 of generation: 46 in all, which also fit where pointers have 47 (LuaJIT).
    private static var indexBits: UInt { 22 }
    private static var generationBits: UInt { 20 }

    private let type: UInt
    private let slots = Mutex(Slots())
    private let reserved: [Object]

    /// `type` tells the tickets of one table from those of the others: 1 to 15. Reserved objects have a ticket from the
    /// start, which is never given back.
    init(type: UInt, reserved: [Object] = []) {
        self.type = type
        self.reserved = reserved
        slots.withLock { $0.all = reserved.map { Slot(object: $0) } }
    }

    /// The ticket of the n-th reserved object.
    func reservedTicket(_ index: Int) -> OpaquePointer? { index < reserved.count ? ticket(index, 1) : nil }

    /// Nil when four million are out.
    func insert(_ object: Object) -> OpaquePointer? {
        guard csystem_is_orphan() == 0 else { return nil }
        return slots.withLock { slots in
            let index: Int
            if let free = slots.free.popLast() {
                index = free
            } else {
                guard slots.all.count < 1 << Self.indexBits else { return nil }
                index = slots.all.count
                slots.all.append(Slot())
            }
            slots.all[index].object = object
            return ticket(index, slots.all[index].generation)
        }
    }

    func object(_ ticket: OpaquePointer?) -> Object? {
        guard let (index, generation) = place(ticket) else { return nil }
        if index < reserved.count { return generation == 1 ? reserved[index] : nil }
        guard csystem_is_orphan() == 0 else { return nil }
        return slots.withLock { slots in
            guard index < slots.all.count, slots.all[index].generation == generation else { return nil }
            return slots.all[index].object
        }
    }

    func remove(_ ticket: OpaquePointer?) -> Object? {
        guard let (index, generation) = place(ticket), index >= reserved.count, csystem_is_orphan() == 0 else { return nil }
        // The object goes out of the lock before it goes away: its deinit may free tickets of its own.
        return slots.withLock { slots in
            guard index < slots.all.count, slots.all[index].generation == generation,
                let object = slots.all[index].object
            else { return nil }
            slots.all[index].object = nil
            slots.all[index].generation = generation % ((1 << Self.generationBits) - 1) + 1
            slots.free.append(index)
            return object
        }
    }

    private func ticket(_ index: Int, _ generation: UInt) -> OpaquePointer? {
        OpaquePointer(bitPattern: (generation << Self.indexBits | UInt(index)) << 4 | type)
    }

    private func place(_ ticket: OpaquePointer?) -> (index: Int, generation: UInt)? {
        let bits = UInt(bitPattern: ticket)
        guard bits & 15 == type, bits >> (4 + Self.indexBits + Self.generationBits) == 0 else { return nil }
        return (Int(bits >> 4 & ((1 << Self.indexBits) - 1)), bits >> (4 + Self.indexBits))
    }
}

enum Handles {
    static let errors = HandleTable<ErrorHandle>(type: 1, reserved: [.outOfHandles, .orphaned])
    static let configs = HandleTable<ConfigHandle>(type: 2)
    static let clients = HandleTable<ClientHandle>(type: 3)
    static let inputs = HandleTable<InputHandle>(type: 4)
    static let requests = HandleTable<RequestHandle>(type: 5)
    static let events = HandleTable<EventHandle>(type: 6)
    static let files = HandleTable<FileHandle>(type: 7)
}

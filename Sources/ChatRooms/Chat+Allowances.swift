// How much of the store an address may fill in a day, so that nobody washes away what others have
// said.
import Storage

extension Chat {
    private static var day: Int64 { 86_400_000 }
    /// Addresses without connections whose allowance is remembered: as many as an attacker needs to
    /// fill the store anyway.
    private static var rememberedLimit: Int { 100_000 }

    /// Throws `rate_limited` if the address has had as much stored as a day allows.
    func checkAllowance(of owner: OwnerIndex, at now: Timestamp) throws(CommandError) {
        guard hasStore || shared.isOn, limits.storedByteLimitPerAddressAndDay != nil,
            owners[owner].kind == .address
        else { return }
        let excess = max(owners[owner].storesAgainAt, now.monotonic) - now.monotonic - Self.day
        guard excess > 0 else { return }
        throw CommandError(
            .rateLimited, "As much as a day allows was said from your address. Go on later.",
            retryAfterMilliseconds: Int(excess))
    }

    /// Takes the bytes of a message off the allowance of its address.
    mutating func spendAllowance(of owner: OwnerIndex, _ byteCount: Int, at now: Timestamp) {
        guard hasStore || shared.isOn, let limit = limits.storedByteLimitPerAddressAndDay,
            owners[owner].kind == .address
        else { return }
        let cost = max(1, Self.day * Int64(byteCount) / Int64(max(1, limit)))
        owners[owner].storesAgainAt = max(owners[owner].storesAgainAt, now.monotonic) + cost
    }

    /// An address has gone. What it has spent of its allowance is not forgotten with it.
    mutating func rememberAllowance(of owner: OwnerIndex) {
        guard owners[owner].storesAgainAt > .min else { return }
        if spentAllowances.count >= Self.rememberedLimit { spentAllowances.removeAll() }
        spentAllowances[owners[owner].address] = owners[owner].storesAgainAt
    }

    // MARK: Saving

    /// Saves what addresses have spent, those with connections and others.
    func saveAllowances(_ out: inout StateWriter) {
        var spent = spentAllowances
        for owner in owners.indices
        where owners[owner].useCount > 0 && owners[owner].storesAgainAt > .min {
            spent[owners[owner].address] = owners[owner].storesAgainAt
        }
        // In one order, so that the same chat is always the same bytes.
        let addresses = spent.keys.sorted { $0.bits < $1.bits }
        out.write(records: addresses.count, addresses) { out, address in
            out.write(address.bits)
            out.write(spent[address] ?? .min)
        }
    }

    mutating func restoreAllowances(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            let address = ClientAddress(bits: try reader.read())
            let time = shift.milliseconds(try reader.read())
            try reader.leaveRecord(record)
            if let owner = ownersByAddress[address] {
                owners[owner].storesAgainAt = time
            } else {
                spentAllowances[address] = time
            }
        }
    }
}

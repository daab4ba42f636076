// ChatRooms

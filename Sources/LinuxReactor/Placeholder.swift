// LinuxReactor

from types import CapsuleType

capsule: CapsuleType

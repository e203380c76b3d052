from typing_extensions import CapsuleType

capsule: CapsuleType

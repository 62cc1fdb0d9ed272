"""Why a person, a right or a password cannot be like this."""


class PersonRefused(Exception):
    """Nothing was changed; `sentence` says why and what to do, `field` which field it is about, if one."""

    def __init__(self, sentence: str, field: str = "") -> None:
        self.sentence, self.field = sentence, field
        super().__init__(sentence)

"""The kinds of items, one file each. A new kind is a subclass of Item in a file here and its name in the two places below;
its browser half is the file of the same name in quizzes/player/kinds."""

from typing import Annotated

from pydantic import Field

from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.kinds.command import CommandItem
from quizzes.engine.kinds.match import MatchItem
from quizzes.engine.kinds.order import OrderItem
from quizzes.engine.kinds.predict import PredictItem

KINDS = {
    "choice": ChoiceItem,
    "order": OrderItem,
    "match": MatchItem,
    "predict": PredictItem,
    "command": CommandItem,
}

AnyItem = Annotated[ChoiceItem | OrderItem | MatchItem | PredictItem | CommandItem, Field(discriminator="kind")]

"""The kinds of items, one file each. A new kind is a subclass of Item in a file here and its name in the two lines below;
its browser half is the file of the same name in quizzes/player/kinds."""

from typing import Annotated

from pydantic import Field

from quizzes.engine.kinds.choice import ChoiceItem
from quizzes.engine.kinds.match import MatchItem
from quizzes.engine.kinds.order import OrderItem

KINDS = {"choice": ChoiceItem, "order": OrderItem, "match": MatchItem}

AnyItem = Annotated[ChoiceItem | OrderItem | MatchItem, Field(discriminator="kind")]

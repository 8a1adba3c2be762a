"""Every verb as a method. Generated from actions by 'just fix'; do not edit."""

from safeconduct.client.verbs.agreements import AgreementsVerbs
from safeconduct.client.verbs.applications import ApplicationsVerbs
from safeconduct.client.verbs.approved_questions import ApprovedQuestionsVerbs
from safeconduct.client.verbs.asking import AskingVerbs
from safeconduct.client.verbs.auxiliary import AuxiliaryVerbs
from safeconduct.client.verbs.baskets import BasketsVerbs
from safeconduct.client.verbs.boundary_findings import BoundaryFindingsVerbs
from safeconduct.client.verbs.budgets import BudgetsVerbs
from safeconduct.client.verbs.checking_answers import CheckingAnswersVerbs
from safeconduct.client.verbs.checking_health import CheckingHealthVerbs
from safeconduct.client.verbs.cleaning import CleaningVerbs
from safeconduct.client.verbs.contributing import ContributingVerbs
from safeconduct.client.verbs.deciding import DecidingVerbs
from safeconduct.client.verbs.depositing import DepositingVerbs
from safeconduct.client.verbs.drafting import DraftingVerbs
from safeconduct.client.verbs.finding import FindingVerbs
from safeconduct.client.verbs.forgetting import ForgettingVerbs
from safeconduct.client.verbs.forgetting_records import ForgettingRecordsVerbs
from safeconduct.client.verbs.freezing import FreezingVerbs
from safeconduct.client.verbs.granting import GrantingVerbs
from safeconduct.client.verbs.housekeeping import HousekeepingVerbs
from safeconduct.client.verbs.ingesting import IngestingVerbs
from safeconduct.client.verbs.inheriting import InheritingVerbs
from safeconduct.client.verbs.levels import LevelsVerbs
from safeconduct.client.verbs.licensing import LicensingVerbs
from safeconduct.client.verbs.looking import LookingVerbs
from safeconduct.client.verbs.measuring import MeasuringVerbs
from safeconduct.client.verbs.messages import MessagesVerbs
from safeconduct.client.verbs.mosaic import MosaicVerbs
from safeconduct.client.verbs.old_backups import OldBackupsVerbs
from safeconduct.client.verbs.people import PeopleVerbs
from safeconduct.client.verbs.plans_as_files import PlansAsFilesVerbs
from safeconduct.client.verbs.pools import PoolsVerbs
from safeconduct.client.verbs.preparing import PreparingVerbs
from safeconduct.client.verbs.products import ProductsVerbs
from safeconduct.client.verbs.publishing import PublishingVerbs
from safeconduct.client.verbs.quality import QualityVerbs
from safeconduct.client.verbs.quality_report import QualityReportVerbs
from safeconduct.client.verbs.receiving import ReceivingVerbs
from safeconduct.client.verbs.recomputing import RecomputingVerbs
from safeconduct.client.verbs.registering import RegisteringVerbs
from safeconduct.client.verbs.rekeying import RekeyingVerbs
from safeconduct.client.verbs.releasing import ReleasingVerbs
from safeconduct.client.verbs.requesting import RequestingVerbs
from safeconduct.client.verbs.retaining import RetainingVerbs
from safeconduct.client.verbs.retaining_records import RetainingRecordsVerbs
from safeconduct.client.verbs.reviewing import ReviewingVerbs
from safeconduct.client.verbs.shredding import ShreddingVerbs
from safeconduct.client.verbs.studies import StudiesVerbs
from safeconduct.client.verbs.survey_servers import SurveyServersVerbs
from safeconduct.client.verbs.together import TogetherVerbs
from safeconduct.client.verbs.treating import TreatingVerbs
from safeconduct.client.verbs.uploading import UploadingVerbs
from safeconduct.client.verbs.watching import WatchingVerbs
from safeconduct.client.verbs.what_if import WhatIfVerbs
from safeconduct.client.verbs.withdrawing import WithdrawingVerbs
from safeconduct.client.verbs.witnessing import WitnessingVerbs
from safeconduct.client.verbs.working import WorkingVerbs


class VerbMethods(
    AgreementsVerbs,
    ApplicationsVerbs,
    ApprovedQuestionsVerbs,
    AskingVerbs,
    AuxiliaryVerbs,
    BasketsVerbs,
    BoundaryFindingsVerbs,
    BudgetsVerbs,
    CheckingAnswersVerbs,
    CheckingHealthVerbs,
    CleaningVerbs,
    ContributingVerbs,
    DecidingVerbs,
    DepositingVerbs,
    DraftingVerbs,
    FindingVerbs,
    ForgettingVerbs,
    ForgettingRecordsVerbs,
    FreezingVerbs,
    GrantingVerbs,
    HousekeepingVerbs,
    IngestingVerbs,
    InheritingVerbs,
    LevelsVerbs,
    LicensingVerbs,
    LookingVerbs,
    MeasuringVerbs,
    MessagesVerbs,
    MosaicVerbs,
    OldBackupsVerbs,
    PeopleVerbs,
    PlansAsFilesVerbs,
    PoolsVerbs,
    PreparingVerbs,
    ProductsVerbs,
    PublishingVerbs,
    QualityVerbs,
    QualityReportVerbs,
    ReceivingVerbs,
    RecomputingVerbs,
    RegisteringVerbs,
    RekeyingVerbs,
    ReleasingVerbs,
    RequestingVerbs,
    RetainingVerbs,
    RetainingRecordsVerbs,
    ReviewingVerbs,
    ShreddingVerbs,
    StudiesVerbs,
    SurveyServersVerbs,
    TogetherVerbs,
    TreatingVerbs,
    UploadingVerbs,
    WatchingVerbs,
    WhatIfVerbs,
    WithdrawingVerbs,
    WitnessingVerbs,
    WorkingVerbs,
):
    """Every verb as a method."""
